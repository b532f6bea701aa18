/** @returns a TypeScript string literal for exactly this text. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text);
  // JSON strings are TypeScript too; single quotes if nothing needs escaping, as in the templates.
  return /['"\\]/.test(quoted.slice(1, -1)) ? quoted : `'${quoted.slice(1, -1)}'`;
}

/** @returns a Python string literal for exactly this text: JSON's escapes are Python's, too. */
export function pythonText(text: string): string {
  return JSON.stringify(text);
}

/** @returns the line ending of a text, for lines that are added to it. */
export function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
