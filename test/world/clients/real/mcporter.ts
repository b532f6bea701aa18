import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npmPackages } from '../../../support/packages.ts';
import type { RealClient } from '../client.ts';

const version = '0.12.3';

/** mcporter, a command line for agents and scripts: a process for each command. */
export const mcporter: RealClient = {
  name: 'mcporter',
  version,
  async open(home, { endpoint, scopes }) {
    const directory = await npmPackages([`mcporter@${version}`]);
    const run = (...args: readonly string[]) => home.run(join(directory, 'node_modules/.bin/mcporter'), args);
    // The scopes that the server names come before this one.
    const todo = { baseUrl: endpoint, auth: 'oauth', ...(scopes && { oauthScope: scopes.join(' ') }) };
    await mkdir(join(home.work, 'config'), { recursive: true });
    await writeFile(
      join(home.work, 'config/mcporter.json'),
      JSON.stringify({ mcpServers: { todo }, imports: [] }),
    );
    const must = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) throw new Error(stdout + stderr);
      return stdout;
    };
    await must('auth', 'todo');
    return {
      async tools() {
        const { tools } = JSON.parse(await must('list', 'todo', '--json')) as {
          tools: ReadonlyArray<{ name: string }>;
        };
        return tools.map(({ name }) => name);
      },
      async call(tool, args = {}) {
        const { code, stdout, stderr } = await run('call', `todo.${tool}`, '--args', JSON.stringify(args));
        return { ok: code === 0, text: stdout + stderr };
      },
      async signInAgain() {
        await must('auth', 'todo', '--reset');
      },
      close: async () => {},
    };
  },
};
