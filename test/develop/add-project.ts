import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { cases } from '../create/snapshot-cases.ts';
import { testContext } from '../program/test-context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The project of the running test. */
export let directory: string;

export async function makeProject(name: 'todo' | 'blank'): Promise<void> {
  const example = cases[name];
  if (example === undefined) throw new Error(name);
  directory = await temporaryDirectory();
  for (const { path, content } of await plan({ ...example, templates: loadTemplates('typescript') })) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

export async function add(...args: readonly string[]) {
  const { context, written } = testContext({ cwd: directory });
  const code = await runToExitCode(scalekitMcp, ['add', ...args], context);
  return { code, ...written() };
}

export const read = (path: string) => readFile(join(directory, path), 'utf8');

export async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(directory, path), change(await read(path)));
}

/** Every file of the project with its text. */
export async function snapshot(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
}

/** Runs the command, and expects that no file has changed. */
export async function addNothing(...args: readonly string[]) {
  const before = await snapshot();
  const result = await add(...args);
  expect(await snapshot()).toEqual(before);
  return result;
}
