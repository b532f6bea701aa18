// What the compiler tells owners about a wrong declaration: the cause, in few lines.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

const head = `import * as z from 'zod';
import { defineScopes } from '${join(repository, 'src/server/index.ts').replaceAll('\\', '/')}';
const { tool, prompt, resource } = defineScopes({ 'todo:read': 'Read', 'todo:write': 'Write' });
const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const about = { name: 'a', title: 'a', description: 'a', annotations };
const number = { input: z.object({}), output: z.object({ n: z.number() }) };
const one = async () => ({ n: 1 });
void [tool, prompt, resource, annotations, about, number, one];
`;

/** Declarations, and what the compiler says of each. */
const wrong: Readonly<Record<string, readonly [declaration: string, says: readonly RegExp[]]>> = {
  'a misspelt scope': [
    "tool({ ...about, ...number, scopes: ['todo:raed'], run: one })",
    [/Did you mean '"todo:read"'\?/],
  ],
  'an optional scope that is misspelt': [
    "tool({ ...about, ...number, scopes: [], run: async (_args, { scopes }) => ({ n: Number(scopes.has('todo:raed')) }) })",
    [/'"todo:raed"' is not assignable to parameter of type '"todo:read" \| "todo:write"'/],
  ],
  'no scopes': ['tool({ ...about, ...number, run: one })', [/Property 'scopes' is missing/]],
  'scopes of a public tool': [
    "tool({ ...about, ...number, public: true, scopes: ['todo:read'], run: one })",
    [/PublicToolsHaveNoScopes/],
  ],
  'the user of a public tool': [
    'tool({ ...about, ...number, public: true, run: async (_args, { user }) => ({ n: user.id.length }) })',
    [/'user' is possibly 'undefined'/],
  ],
  'a misspelt property': [
    "tool({ name: 'a', title: 'a', descripton: 'a', annotations, ...number, scopes: [], run: one })",
    [/'descripton' does not exist/, /Did you mean to write 'description'\?/],
  ],
  'no description': [
    "tool({ name: 'a', title: 'a', annotations, ...number, scopes: [], run: one })",
    [/Property 'description' is missing/],
  ],
  'no hints': [
    "tool({ name: 'a', title: 'a', description: 'a', ...number, scopes: [], run: one })",
    [/Property 'annotations' is missing/],
  ],
  'a missing hint': [
    "tool({ name: 'a', title: 'a', description: 'a', annotations: { readOnlyHint: true, destructiveHint: false }, ...number, scopes: [], run: one })",
    [/Property 'openWorldHint' is missing/],
  ],
  'a result of another type': [
    "tool({ ...about, ...number, scopes: [], run: async () => ({ n: 'one' }) })",
    [/Type 'string' is not assignable to type 'number'/],
  ],
  'a result that lacks something': [
    'tool({ ...about, ...number, scopes: [], async run() { return {}; } })',
    [/Type '\{\}' is not assignable to type 'WithContent<\{ n: number; \}> \| \{ n: number; \}'/],
  ],
  'an argument that is not in the input': [
    'tool({ ...about, input: z.object({ id: z.string() }), scopes: [], run: ({ ids }) => ids })',
    [/Property 'ids' does not exist on type '\{ id: string; \}'/],
  ],
  'an argument of a prompt that is no text': [
    "prompt({ name: 'a', description: 'a', scopes: [], arguments: z.object({ words: z.number() }), run: () => '' })",
    [/ArgumentsArriveAsText<"words">/],
  ],
  'a variable that is not in the URI': [
    "resource({ uri: 'note://{id}', name: 'a', scopes: [], read: ({ ids }) => ids })",
    [/Property 'ids' does not exist/],
  ],
};

const right = [
  'tool({ ...about, ...number, scopes: [], run: one })',
  'tool({ ...about, input: z.object({ id: z.string() }), public: true, run: ({ id }, { user }) => user?.id ?? id })',
  "tool({ ...about, input: z.object({}), scopes: ['todo:read'], run: (_args, { user }) => user.id })",
  "prompt({ name: 'a', description: 'a', scopes: [], run: () => '' })",
  `prompt({ name: 'a', description: 'a', scopes: [], complete: { text: () => [] }, arguments: z.object({
    n: z.coerce.number(), text: z.string().optional(), choice: z.enum(['a']), filled: z.string().default('x'),
    changed: z.string().transform(Number), either: z.union([z.string(), z.number()]), flag: z.stringbool() }),
    run: ({ n, choice, flag }) => \`\${n.toFixed()} \${choice} \${flag}\` })`,
];

let directory: string;
let output: string;
beforeAll(async () => {
  directory = await makeDirectory();
  const compilerOptions = {
    noEmit: true,
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    typeRoots: [join(repository, 'node_modules/@types')],
  };
  const settings = { extends: join(repository, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
  await mkdir(join(directory, 'node_modules'));
  await symlink(join(repository, 'node_modules/zod'), join(directory, 'node_modules/zod'), 'junction');
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(settings));
  await writeFile(join(directory, 'right.ts'), `${head}export const all = [${right.join(',\n')}];\n`);
  for (const [index, [declaration]] of Object.values(wrong).entries())
    await writeFile(join(directory, `wrong-${index}.ts`), `${head}export const it = ${declaration};\n`);
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  ({ stdout: output } = await run(process.execPath, [compiler, '--pretty', 'false', '-p', directory], {
    cwd: directory,
  }));
});

afterAll(() => removeDirectory(directory));

/** @returns what the compiler says about a file. */
function saidOf(file: string): string {
  const lines = output.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${file}.ts(`));
  if (start < 0) return '';
  const end = lines.findIndex(
    (line, index) => index > start && /^\S/.test(line) && !line.startsWith(`${file}.ts(`),
  );
  return lines.slice(start, end < 0 ? undefined : end).join('\n');
}

test('right declarations compile', () => {
  expect(saidOf('right')).toBe('');
});

test.each(Object.keys(wrong).map((title, index) => [title, index] as const))('%s', (title, index) => {
  const said = saidOf(`wrong-${index}`);
  for (const part of wrong[title]?.[1] ?? []) expect(said).toMatch(part);
  // One error, and not one for everything that follows from it.
  expect(said.match(/error TS/g), said).toHaveLength(1);
  expect(said.split('\n').length, said).toBeLessThan(9);
});
