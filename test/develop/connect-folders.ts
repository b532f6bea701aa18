import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { testContext } from '../program/test-context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

export const endpoint = 'http://localhost:3002/mcp';
export const scopes = ['note:read', 'note:write', 'offline_access'];

export let project: string;
export let home: string;

const projectFiles = {
  'package.json': '{ "name": "notes", "type": "module" }',
  'tsconfig.json': '{}',
  '.env': 'MCP_URL=http://localhost:3002/\n',
  'src/scopes.ts':
    "export const scopes = defineScopes({\n  'note:read': 'Read',\n  'note:write': 'Write',\n});\n",
};

/** Makes the project and the person's home for the running test. */
export async function makeFolders(): Promise<void> {
  const directory = await temporaryDirectory();
  [project, home] = [join(directory, 'notes'), join(directory, 'home')];
  await mkdir(home);
  for (const [path, text] of Object.entries(projectFiles)) await put(join(project, path), text);
}

export async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Runs the command somewhere else than in the project. */
export function workIn(directory: string): void {
  project = directory;
}

export const read = (path: string) => readFile(path, 'utf8').catch(() => undefined);

export async function connect(...args: readonly string[]) {
  const env = { HOME: home, USERPROFILE: home, XDG_STATE_HOME: join(home, 'state') };
  const { context, written } = testContext({ cwd: project, env });
  const code = await runToExitCode(scalekitMcp, ['connect', ...args], context);
  return { code, ...written() };
}

export async function report(...args: readonly string[]) {
  const { code, stdout } = await connect(...args, '--json');
  return { code, ...JSON.parse(stdout) };
}
