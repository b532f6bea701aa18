import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeBinary, npmPackages } from '../../../support/packages.ts';
import type { OpenOptions, RealClient } from '../client.ts';
import type { Home } from '../world.ts';

export const inspectorVersion = '2.12.0';

/** It needs Node.js 22.19 or later. */
export const inspectorNode = 24;

export async function inspectorProgram(): Promise<string> {
  const directory = await npmPackages([`@modelcontextprotocol/inspector@${inspectorVersion}`]);
  return join(directory, 'node_modules/.bin/mcp-inspector');
}

/** Runs a command of it to its end. */
export async function inspect(home: Home, args: readonly string[]) {
  return home.run(await nodeBinary(inspectorNode), [await inspectorProgram(), '--cli', ...args]);
}

/** @returns the arguments that name the server: a file with its entry if that holds more than the URL. */
async function target(home: Home, endpoint: string, scopes: OpenOptions['scopes']): Promise<string[]> {
  if (scopes === undefined) return [endpoint];
  const todo = { type: 'streamable-http', url: endpoint, oauth: { scopes: scopes.join(' ') } };
  const file = join(home.work, 'mcp.json');
  await writeFile(file, JSON.stringify({ mcpServers: { todo } }));
  return ['--config', file, '--server', 'todo'];
}

/** The Inspector's command line: a process for each command. */
export const inspectorCli: RealClient = {
  name: 'MCP Inspector, --cli',
  version: inspectorVersion,
  namesScopes: '`oauth.scopes` of the server’s entry, one string',
  async open(home, { endpoint, scopes }) {
    // Without a terminal it opens no browser, and without a keychain it forgets the tokens with each command.
    Object.assign(home.env, { MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file' });
    const server = await target(home, endpoint, scopes);
    const method = (name: string, ...args: string[]) =>
      inspect(home, [...server, '--method', name, '--format', 'json', ...args]);
    const tools = async () => {
      const { stdout, stderr, code } = await method('tools/list');
      if (code !== 0) throw new Error(stdout + stderr);
      const { result } = JSON.parse(stdout) as { result: { tools: ReadonlyArray<{ name: string }> } };
      return result.tools.map(({ name }) => name);
    };
    await tools();
    return {
      tools,
      async call(tool, args = {}) {
        const json = JSON.stringify(args);
        const { code, stdout, stderr } = await method(
          'tools/call',
          '--tool-name',
          tool,
          '--tool-args-json',
          json,
        );
        return { ok: code === 0, text: stdout + stderr };
      },
      async signInAgain() {
        await method('tools/list', '--relogin');
      },
      close: async () => {},
    };
  },
};
