/** @returns a string literal of TypeScript that means exactly this text, whatever is in it. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text);
  // JSON's double quotes are TypeScript too; single ones where they need no escape, since the templates have them.
  return /['"\\]/.test(quoted.slice(1, -1)) ? quoted : `'${quoted.slice(1, -1)}'`;
}

/** @returns how a text's lines end, so that a line that is added ends as they do. */
export function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
