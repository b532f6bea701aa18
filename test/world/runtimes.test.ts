import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { callTool } from '../security/call.ts';
import { makeProject } from '../security/project.ts';
import { RunningServer } from '../security/server.ts';
import { nodeBinary, npmPackages } from '../support/packages.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';

/** What runs the built file, and with which options. */
const runtimes: ReadonlyArray<
  readonly [name: string, command: () => Promise<string>, args: readonly string[]]
> = [
  ['Node.js 20.19', async () => await installed('node@20.19.0', 'node/bin/node'), []],
  ['Node.js 22', () => nodeBinary(22), []],
  ['Node.js 24', () => nodeBinary(24), []],
  ['Node.js 26', () => nodeBinary(26), []],
  ['Node.js that compiles no text', () => nodeBinary(24), ['--disallow-code-generation-from-strings']],
  ['Node.js with 32 MB of heap', () => nodeBinary(24), ['--max-old-space-size=32']],
  ['Bun', () => installed('bun@1.4.5', '.bin/bun'), []],
  ['Deno', () => installed('deno@2.9.6', '.bin/deno'), ['run', '--allow-net', '--allow-env', '--allow-read']],
];

async function installed(specifier: string, path: string): Promise<string> {
  return join(await npmPackages([specifier]), 'node_modules', path);
}

let project: string;
beforeAll(async () => {
  project = await makeProject('todo');
});

describe('dist/src/main.js', () => {
  test.for(runtimes)('on %s: calls, refusals, probes, SIGTERM', async ([, command, args]) => {
    const port = await freePort();
    const emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
    onTestFinished(() => emulator.close());
    const program = new Program(await command(), [...args, 'dist/src/main.js'], {
      cwd: project,
      env: {
        PORT: String(port),
        SCALEKIT_ENVIRONMENT_URL: emulator.url,
        SCALEKIT_RESOURCE_ID: emulator.resourceId,
        MCP_URL: `http://localhost:${port}/`,
        LOG_FORMAT: 'json',
      },
    });
    const server = new RunningServer(program, port);
    onTestFinished(() => server.stop());
    await server.whenReady();
    const token = await emulator.mint();
    for (const host of ['127.0.0.1', '[::1]']) {
      const endpoint = `http://${host}:${port}/mcp`;
      expect((await callTool(endpoint, token, 'create_todo', { title: host })).status).toBe(200);
      expect((await callTool(endpoint, undefined, 'list_todos')).status).toBe(401);
    }
    const readOnly = await emulator.mint({ scopes: ['todo:read'] });
    const refused = await callTool(server.endpoint, readOnly, 'create_todo', { title: 'x' });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('scope="todo:read todo:write"');
    const foreign = await emulator.mint({ foreignKey: true });
    expect((await callTool(server.endpoint, foreign, 'list_todos')).status).toBe(401);
    program.child.kill('SIGTERM');
    expect(await program.ended()).toMatchObject({ code: 0 });
  });
});
