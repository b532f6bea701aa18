/** What controls a terminal: control characters except line breaks and tabs, and those that change the direction of text. */
const obeyed = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/** @returns text of another program, safe to show in a terminal. JSON stays the same JSON: each escape is one of JSON's own. */
export function shown(text: string): string {
  return text.replaceAll(
    obeyed,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * What `--json` prints. `JSON.stringify` leaves some characters as they are that terminals obey (U+009B), and people look at it in one.
 * @returns the value as JSON, with a line break at its end.
 */
export function jsonText(value: unknown): string {
  return `${shown(JSON.stringify(value, null, 2))}\n`;
}
