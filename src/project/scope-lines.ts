/** A scope as a project declares it. */
export interface DeclaredScope {
  readonly name: string;
  readonly description: string;
}

/** Where the list begins: `scopes = {`, `scopes = defineScopes({`, and Python's `SCOPES = {`. */
const beginning = /\b\w*scopes\b[^={(\n;]*=[^={(\n;]*(?:\w+\s*\(\s*)?\{/gi;

/** What may stand between two entries: white space, commas, comments. */
const between = /(?:[\s,]|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*/y;

/** `'name': 'description'`, in any quotes. */
const entry = /(['"]?)([\w:]+)\1\s*:\s*(['"`])((?:\\.|(?!\3)[\s\S])*)\3/y;

/**
 * Reads the list of scopes that generated projects have in `src/scopes.ts`: `'name': 'description',` a line.
 * @param text of the file.
 * @returns the scopes in their order; none where there is no such list.
 */
export function declaredScopes(text: string): readonly DeclaredScope[] {
  for (const start of text.matchAll(beginning)) {
    const scopes: DeclaredScope[] = [];
    let position = start.index + start[0].length;
    for (;;) {
      between.lastIndex = position;
      between.exec(text);
      entry.lastIndex = between.lastIndex;
      const [, , name = '', , description = ''] = entry.exec(text) ?? [];
      if (name === '') break;
      scopes.push({ name, description: description.replaceAll(/\\(.)/g, '$1') });
      position = entry.lastIndex;
    }
    if (scopes.length > 0) return scopes;
  }
  return [];
}
