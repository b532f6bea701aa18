/** The README's table of tools, read from the tools themselves. */

export interface ToolLine {
  /** Name and arguments, e.g. `create_todo(title, description?)`. */
  readonly call: string;
  /** Scopes that the call requires. */
  readonly scopes: readonly string[];
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** @returns the position after the bracket that closes the one at `start`; brackets in strings are skipped. */
function endOf(source: string, start: number): number {
  const open: string[] = [];
  for (let index = start; index < source.length; index += 1) {
    const character = source[index] ?? '';
    if (/['"`]/.test(character)) index = source.indexOf(character, index + 1);
    else if (character in closing) open.push(closing[character] ?? '');
    else if (character === open.at(-1) && open.pop() && open.length === 0) return index + 1;
    if (index < 0) break;
  }
  throw new Error('A bracket of a tool is never closed');
}

/** @returns the properties of an object literal, each with the source of its value. */
function propertiesOf(literal: string): ReadonlyArray<readonly [name: string, value: string]> {
  const inside = literal.slice(1, -1);
  const properties: Array<readonly [string, string]> = [];
  const name = /\s*(\w+):/y;
  for (let match = name.exec(inside); match !== null; match = name.exec(inside)) {
    let end = name.lastIndex;
    while (end < inside.length && inside[end] !== ',') {
      const character = inside[end] ?? '';
      if (character in closing) end = endOf(inside, end);
      else if (/['"`]/.test(character)) end = inside.indexOf(character, end + 1) + 1;
      else end += 1;
    }
    properties.push([match[1] ?? '', inside.slice(name.lastIndex, end)]);
    name.lastIndex = end + 1;
  }
  return properties;
}

/** @returns a tool's line; undefined for a file that declares none. */
function lineOf(source: string): ToolLine | undefined {
  const name = /\bname: '(\w+)'/.exec(source)?.[1];
  const scopes = /\bscopes: \[([^\]]*)\]/.exec(source)?.[1];
  const input = /\binput: z\.object\(/.exec(source);
  if (name === undefined || scopes === undefined || input === null) return undefined;
  const start = input.index + input[0].length;
  const args = propertiesOf(source.slice(start, endOf(source, start))).map(([argument, schema]) =>
    /\.(?:optional|nullish|default)\(/.test(schema) ? `${argument}?` : argument,
  );
  return {
    call: `${name}(${args.join(', ')})`,
    scopes: [...scopes.matchAll(/'([^']+)'/g)].map(([, scope = '']) => scope),
  };
}

/**
 * @param texts the sources of a project by path.
 * @returns the tools in the order of `src/tools/index.ts`.
 * @throws Error for a tool that cannot be read, which is a bug.
 */
export function toolTable(texts: ReadonlyMap<string, string>): readonly ToolLine[] {
  const index = (texts.get('src/tools/index.ts') ?? '').replaceAll(/^ *\/\/.*\n/gm, '');
  const files = new Map(
    [...index.matchAll(/^import \{ (\w+) \} from '\.\/([\w-]+)\.ts';$/gm)].map(([, name, file]) => [
      name,
      file,
    ]),
  );
  const listed = /\[([^[\]]*)\]\s*;\s*$/.exec(index)?.[1]?.match(/\w+/g) ?? [];
  return listed.map((name) => {
    const line = lineOf(texts.get(`src/tools/${files.get(name)}.ts`) ?? '');
    if (line === undefined) throw new Error(`The tool ${name} of src/tools/index.ts cannot be read`);
    return line;
  });
}
