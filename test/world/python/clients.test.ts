import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProject, makePythonProject } from '../../security/project.ts';
import { type Ground, prepareGround, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds, pythonPackages } from '../../support/packages.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';

/** Python's clients through the whole sign-in, against the servers of both languages. */

const clients = ['mcp_client.py', 'fastmcp_client.py'];

/**
 * Takes the place of a browser: follows the redirects to the client, since the local Scalekit approves by itself. It returns at
 * once, as `xdg-open` does: Python's `webbrowser` waits for it, and FastMCP listens for the answer only after that.
 */
const browser = `#!${process.execPath}
const [url, isInBackground] = process.argv.slice(2);
const visit = () => fetch(url).then((answer) => answer.text(), () => setTimeout(visit, 50));
if (isInBackground) {
  setTimeout(() => process.exit(1), 120_000).unref();
  visit();
} else {
  const detached = { detached: true, stdio: 'ignore' };
  require('node:child_process').spawn(process.execPath, [__filename, url, 'yes'], detached).unref();
}
`;

const requests = [
  { id: 1, method: 'tools', params: {} },
  { id: 2, method: 'call', params: { name: 'create_todo', arguments: { title: 'Walk' } } },
  { id: 3, method: 'call', params: { name: 'list_todos', arguments: {} } },
];

describe.skipIf(lacks("Python's clients", pythonNeeds)).each([
  ['TypeScript', () => makeProject('todo')],
  ['Python', () => makePythonProject('todo')],
])('the todo server in %s', (_language, make) => {
  let ground: Ground;
  let directory: string;
  let python: string;
  beforeAll(async () => {
    directory = await makeDirectory('browser');
    await writeFile(join(directory, 'browser'), browser);
    await chmod(join(directory, 'browser'), 0o755);
    python = await pythonPackages(['fastmcp==4.2.3']);
    ground = await prepareGround(await make(), { env: unlimited }, { autoApprove: true });
  });
  afterAll(async () => {
    await ground?.close();
    await removeDirectory(directory);
  });

  test.each(clients)('%s signs in, lists and calls', async (client) => {
    const program = fileURLToPath(new URL(`../clients/programs/${client}`, import.meta.url));
    const env = { PATH: process.env.PATH, HOME: directory, BROWSER: join(directory, 'browser') };
    const child = spawn(python, [program, ground.server.endpoint], { env, cwd: directory });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.stdin.end(requests.map((each) => `${JSON.stringify(each)}\n`).join(''));
    await once(child, 'close');
    const answers = output
      .split('\n')
      .filter((line) => line.startsWith('{"id"'))
      .map((line) => JSON.parse(line) as { result?: unknown });
    expect(
      answers.map(({ result }) => result),
      errors,
    ).toEqual([
      ['create_todo', 'list_todos', 'get_todo', 'update_todo', 'delete_todo'],
      { todo: expect.objectContaining({ title: 'Walk', completed: false }) },
      { todos: expect.arrayContaining([expect.objectContaining({ title: 'Walk' })]) },
    ]);
  });
});
