/** Markup that is safe to put into a page as it is. */
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
 * A template of markup: every value is escaped, for text and for quoted attributes alike, unless it is markup already.
 * `false` and `undefined` leave nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.map((part, index) => (index === 0 ? '' : render(values[index - 1])) + part).join(''));
}

/** @returns values as one sentence's worth of `<code>`. */
export function codes(values: readonly string[]): Html {
  return new Html(values.map((value) => html`<code>${value}</code>`.text).join(', '));
}

/** Everything invisible or direction-changing, except the joiner that emoji are made with. */
const invisible = /(?!\u200d)\p{C}/gu;

/**
 * A name that somebody else chose, fit to be shown: on one line, without invisible and direction-changing characters, 80
 * characters at most. It still has to be escaped, and isolated with `<bdi>`.
 */
export function displayName(name: string | undefined, fallback: string): string {
  const visible = (name ?? '').replaceAll(/\s+/g, ' ').replaceAll(invisible, '').trim();
  const characters = [...visible];
  if (characters.length === 0) return fallback;
  return characters.length > 80 ? `${characters.slice(0, 79).join('')}…` : visible;
}
