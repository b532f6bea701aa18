import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A program that logs an error as a server does, bundled as a generated project's build does. */
async function makeProgram() {
  const directory = await temporaryDirectory();
  const source = join(directory, 'tool.ts');
  const lines = [
    `import { createLog } from ${JSON.stringify(join(repository, 'src/server/log.ts'))};`,
    '',
    'try {',
    "  throw new Error('the store is gone');",
    '} catch (error) {',
    "  createLog(false)('error', 'tool_failed', { stack: error.stack });",
    '}',
  ];
  await writeFile(source, lines.join('\n'));
  const file = join(directory, 'dist/main.mjs');
  const minify = { compress: false, mangle: false, codegen: true };
  const output = { file, format: 'esm', sourcemap: true, minify } as const;
  await build({ input: source, platform: 'node', output, logLevel: 'warn' });
  const stackWith = async (env: Record<string, string>, ...options: string[]): Promise<string> => {
    const { stderr } = await run(process.execPath, [...options, file], { env });
    return JSON.parse(stderr).stack;
  };
  return { file, place: `${pathToFileURL(source).href}:4:9`, stackWith };
}

test('with DEBUG a stack trace names the source of a bundled file', async () => {
  const { place, stackWith } = await makeProgram();
  expect(await stackWith({ DEBUG: '1' })).toContain(place);
});

test('without DEBUG, or without a map, it names places in the bundle', async () => {
  const { file, place, stackWith } = await makeProgram();
  expect(await stackWith({})).toContain('dist/main.mjs:');
  expect(await stackWith({})).not.toContain(place);
  await rm(`${file}.map`);
  expect(await stackWith({ DEBUG: '1' })).toContain('dist/main.mjs:');
});
