/** Markup that is safe to insert into a page unescaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | false | undefined | readonly Html[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

function render(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  return Array.isArray(value) ? value.map((each) => each.text).join('\n') : escapeText(String(value));
}

/**
 * A template tag for markup. Every value is escaped, for text and quoted attributes alike, unless it is markup already.
 * `false` and `undefined` insert nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.map((part, index) => (index === 0 ? '' : render(values[index - 1])) + part).join(''));
}

/** @returns the values, each in `<code>`, separated by commas. */
export function codes(values: readonly string[]): Html {
  return new Html(values.map((value) => html`<code>${value}</code>`.text).join(', '));
}

/** Invisible and direction-changing characters, except the joiner that emoji need. */
const invisible = /(?!\u200d)\p{C}/gu;

/**
 * Makes a name from outside safe to show: one line, no invisible or direction-changing characters, at most 80 characters.
 * It still has to be escaped and isolated with `<bdi>`.
 */
export function displayName(name: string | undefined, fallback: string): string {
  const visible = (name ?? '').replaceAll(/\s+/g, ' ').replaceAll(invisible, '').trim();
  const characters = [...visible];
  if (characters.length === 0) return fallback;
  return characters.length > 80 ? `${characters.slice(0, 79).join('')}…` : visible;
}
