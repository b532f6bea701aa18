import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeBinary, npmPackages } from '../../support/packages.ts';
import { run } from '../../support/program.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import type { Check, ScenarioResult } from './scenarios.ts';

/** The suite needs Node.js 22 or later. */
export const suiteNode = 24;

/** @returns where the program of a version of `@modelcontextprotocol/conformance` is; installs it. */
export async function suiteProgram(version: string): Promise<string> {
  const installed = await npmPackages([`@modelcontextprotocol/conformance@${version}`]);
  return join(installed, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
}

/** @returns the scenarios of an output directory: one folder each, named after role, scenario and time. */
export async function readResults(directory: string): Promise<readonly ScenarioResult[]> {
  const files = (await readdir(directory, { recursive: true })).map((file) => file.replaceAll('\\', '/'));
  return Promise.all(
    files
      .filter((file) => file.endsWith('/checks.json'))
      .sort()
      .map(async (file) => ({
        scenario: dirname(file)
          .replace(/^server-|^authorization-server-/, '')
          .replace(/-\d{4}-\d{2}-\d{2}T[\dZ-]+$/, ''),
        checks: JSON.parse(await readFile(join(directory, file), 'utf8')) as readonly Check[],
      })),
  );
}

/** Runs a command of the suite, and reads its results. @param args without the directory for results. */
export async function runSuite(version: string, args: readonly string[]): Promise<readonly ScenarioResult[]> {
  const [program, node, directory] = await Promise.all([
    suiteProgram(version),
    nodeBinary(suiteNode),
    makeDirectory(),
  ]);
  try {
    const output = join(directory, 'results');
    // It ends with 1 as soon as one scenario fails, which some must.
    const ended = await run(node, [program, ...args, '--output-dir', output], { cwd: directory });
    return await readResults(output).catch((error: unknown) => {
      throw new Error(`the suite has left no results:\n${ended.stdout}${ended.stderr}`, { cause: error });
    });
  } finally {
    await removeDirectory(directory);
  }
}
