import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keys, pseudoTerminals, Terminal } from '../../program/terminal.ts';
import { changes, standInForAll } from '../../register/walk.ts';
import { chromiumArguments, chromium as chromiumNeed, chromiumPath } from '../../support/chromium.ts';
import { GeneratedProject, stopServer } from '../../support/generated.ts';
import { McpClient, officialClients } from '../../support/mcp-client.ts';
import { lacks } from '../../support/needs.ts';
import { Opener } from '../../support/opener.ts';
import { freePort } from '../../support/ports.ts';
import { Program, run } from '../../support/program.ts';
import { createProgram } from '../../support/repository.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';

/** A newcomer's path with a real project, terminal and browser; only Scalekit is a stand-in. */

const [, , current] = officialClients;

describe.skipIf(lacks('a stranger who registers a server', [chromiumNeed, pseudoTerminals]))(
  'a stranger',
  () => {
    const standIn = standInForAll();
    let browser: Browser;
    let folder: string;
    let opener: Opener;

    beforeAll(async () => {
      folder = await makeDirectory('opener');
      opener = await Opener.in(folder);
      browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...chromiumArguments] });
    });
    afterAll(async () => {
      await browser?.close();
      await removeDirectory(folder);
    });

    function open(command: string, cwd: string): Terminal {
      const env = { ...opener.env, SCALEKIT_MCP_URL: standIn().url };
      const terminal = new Terminal(command, { cwd, env });
      onTestFinished(() => terminal.close());
      return terminal;
    }

    /** Presses Allow on the page that the program has opened. */
    const allow = () => opener.allow(browser, 120_000);

    /** Starts the server, connects as a client that nobody has configured, and calls a tool. */
    async function connectAndCall(
      project: Pick<GeneratedProject, 'startServer' | 'endpoint'>,
    ): Promise<void> {
      const server = await project.startServer();
      try {
        const client = new McpClient(current, project.endpoint);
        await client.connect();
        expect(client.destinations[0]?.origin).toBe(standIn().environments[0]?.url);
        const made = await client.callTool('create_todo', { title: 'Walk' });
        expect(made.structuredContent).toMatchObject({ todo: { title: 'Walk' } });
        await client.close();
      } finally {
        await stopServer(server);
      }
    }

    test('an existing project: sign in, allow, confirm, self-check; connect and call; a second run changes nothing', async () => {
      const project = await GeneratedProject.make(['--no-check']);
      onTestFinished(() => project.remove());
      const register = `${process.execPath} node_modules/scalekit-mcp/bin/scalekit-mcp.js register`;
      const first = open(register, project.directory);
      await allow();
      await first.see('Do this?');
      first.type(keys.enter);
      await first.see('✓ .env now has', 60_000);
      expect(await first.exit()).toBe(0);
      expect(first.screen()).toContain('Registered with Scalekit as res_');
      expect(first.screen()).toMatch(/✓ .*401|✓ .*without a token/i);
      await project.built();
      await connectAndCall(project);
      const made = changes(standIn());
      const second = open(register, project.directory);
      await allow();
      await second.see('Nothing had to change');
      expect(await second.exit()).toBe(0);
      expect(changes(standIn())).toEqual(made);
    });

    test('create --register: leads to a registered server that a client calls', async () => {
      const parent = await makeDirectory('stranger');
      onTestFinished(() => removeDirectory(parent));
      const port = await freePort();
      const options = `todo --template todo --package-manager npm --no-git --port ${port} --register`;
      const terminal = open(`${process.execPath} ${createProgram} ${options}`, parent);
      await allow();
      await terminal.see('Do this?');
      terminal.type(keys.enter);
      await terminal.see('To repeat this, run:', 60_000);
      expect(await terminal.exit()).toBe(0);
      expect(terminal.screen()).toContain('✓ .env now has SCALEKIT_ENVIRONMENT_URL');
      const directory = join(parent, 'todo');
      expect((await run('npm', ['run', 'build'], { cwd: directory })).code).toBe(0);
      await connectAndCall({
        endpoint: `http://localhost:${port}/mcp`,
        startServer: async () => {
          const server = new Program('npm', ['start'], { cwd: directory, group: true });
          await server.says(/"event":"listening"/);
          return server;
        },
      });
    });

    test('create --register without a terminal: the project uses the local Scalekit; exit code 1 and the command', async () => {
      const parent = await makeDirectory('stranger');
      onTestFinished(() => removeDirectory(parent));
      const args = [
        'todo',
        '--yes',
        '--no-git',
        '--no-check',
        '--port',
        String(await freePort()),
        '--register',
      ];
      const ended = await run(process.execPath, [createProgram, ...args], { cwd: parent });
      expect(ended.stderr).toContain(
        'The project is complete and uses the local Scalekit, but was not registered.',
      );
      expect(ended.stderr).toContain('cd todo && npx scalekit-mcp register');
      expect(ended.code).toBe(1);
      expect(await readFile(join(parent, 'todo/.env'), 'utf8')).toContain('res_1000000000000001');
    });
  },
);
