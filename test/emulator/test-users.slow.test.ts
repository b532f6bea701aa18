import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exampleTools, start } from '../server/support.ts';
import { chromium, chromiumPath } from '../support/chromium.ts';
import { lacks } from '../support/needs.ts';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';

// docs/test-users.md: its script, run as it stands.

test.skipIf(lacks('the recipe for Test Users', [chromium]))(
  'the recipe for Test Users signs in at the local Scalekit and lists the tools',
  async () => {
    const server = await start({ tools: exampleTools });
    onTestFinished(() => server.stop());
    const email = 'tester+sktest@example.com';
    server.scalekit.configure({ users: [...server.scalekit.users, { id: 'usr_9', name: 'Tester', email }] });
    const page = await readFile(join(repository, 'docs/test-users.md'), 'utf8');
    const script = /```js\n([\s\S]+?)```/.exec(page)?.[1] ?? '';
    // Where the packages that it imports are found.
    const file = join(repository, 'node_modules', '.cache', `test-users-${process.pid}.mjs`);
    await writeFile(file, script);
    onTestFinished(() => rm(file, { force: true }));
    const env = { MCP_ENDPOINT: server.endpoint, TEST_USER: email, CHROMIUM_PATH: chromiumPath };
    const ended = await run(process.execPath, [file], { env });
    if (ended.code !== 0) throw new Error(ended.stderr);
    expect(ended).toMatchObject({ code: 0, stdout: 'todo_read\ntodo_write\n' });
    const subjects = server.log.map(({ subject, sub }) => subject ?? sub);
    expect(subjects).toContain('usr_9');
  },
);
