import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmulateOptions, emulate } from '../../src/emulator/emulate.ts';
import { type Context, exitCodes } from '../../src/terminal/context.ts';
import { UserError } from '../../src/terminal/errors.ts';
import { freePort } from '../support/ports.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'emulate-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

function collect(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { stream, text: () => text };
}

/** Starts the command, and waits until it has said that it runs. */
async function run(options: EmulateOptions) {
  const stdout = collect();
  const stderr = collect();
  const stop = new AbortController();
  const context: Context = {
    env: { XDG_STATE_HOME: state },
    cwd: state,
    stdin: new PassThrough(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: stop.signal,
  };
  const ended = emulate(options, context);
  await Promise.race([ended, expect.poll(stdout.text, { timeout: 10_000 }).toMatch(/\n$/)]);
  return {
    out: stdout.text,
    err: stderr.text,
    async stop() {
      stop.abort();
      return ended;
    },
  };
}

const variable = (text: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];

test('stdout has the lines of .env, and everything else goes to stderr', async () => {
  const running = await run({ port: 0, mcpUrl: 'http://localhost:5000' });
  try {
    expect(running.out()).toMatch(
      /^PORT=5000\nSCALEKIT_ENVIRONMENT_URL=http:\/\/localhost:\d+\nSCALEKIT_CLIENT_ID=skc_\d+\nSCALEKIT_RESOURCE_ID=res_\d+\nMCP_URL=http:\/\/localhost:5000\/\n$/,
    );
    expect(running.err()).toContain('note: A trailing slash was added to MCP_URL');
    expect(running.err()).toContain('never for production');
    expect(running.err()).toContain(join(state, 'scalekit-mcp'));
    const url = variable(running.out(), 'SCALEKIT_ENVIRONMENT_URL');
    expect((await fetch(`${url}/keys`)).status).toBe(200);
    await expect.poll(running.err).toContain('  200 GET /keys\n');
  } finally {
    expect(await running.stop()).toBe(exitCodes.interrupted);
  }
  const url = variable(running.out(), 'SCALEKIT_ENVIRONMENT_URL');
  await expect(fetch(`${url}/keys`)).rejects.toThrow();
});

test('in a project it takes the project’s settings; a flag outranks .env', async () => {
  const port = await freePort();
  const lines = [
    'PORT=5000',
    `SCALEKIT_ENVIRONMENT_URL=http://localhost:${port}`,
    'SCALEKIT_RESOURCE_ID=res_42',
    'MCP_URL=http://localhost:5000/',
  ];
  await writeFile(join(state, '.env'), lines.join('\n'));
  // Only the source counts, read as text: whatever is in the folder of compiled files is not run.
  for (const folder of ['src', 'dist/src']) await mkdir(join(state, folder), { recursive: true });
  await writeFile(join(state, 'package.json'), '{"type":"module"}');
  await writeFile(join(state, 'src/scopes.ts'), "defineScopes({\n  'crm:read': 'Read the CRM',\n});\n");
  await writeFile(join(state, 'dist/src/scopes.js'), "throw new Error('This was run');");
  const running = await run({ ephemeral: true, json: true });
  const document = JSON.parse(running.out());
  expect(await running.stop()).toBe(exitCodes.interrupted);
  const mcpUrl = 'http://localhost:5000/';
  expect(document).toMatchObject({ port, resourceId: 'res_42', mcpUrl, scopes: ['crm:read'] });

  const flags = { port: 0, resourceId: 'res_7', mcpUrl: 'http://localhost:6000/', scopes: 'a:read' };
  const other = await run({ ephemeral: true, json: true, ...flags });
  const said = JSON.parse(other.out());
  expect(await other.stop()).toBe(exitCodes.interrupted);
  expect(said).toMatchObject({ resourceId: 'res_7', mcpUrl: 'http://localhost:6000/', scopes: ['a:read'] });
  expect(said.port).not.toBe(port);
});

test('--json: one document, and silence', async () => {
  const running = await run({
    port: 0,
    json: true,
    ephemeral: true,
    scopes: 'a:read a:write',
    autoApprove: true,
  });
  const document = JSON.parse(running.out());
  expect(document).toMatchObject({
    url: `http://localhost:${document.port}`,
    resourceId: 'res_1000000000000001',
    clientId: 'skc_1000000000000002',
    mcpUrl: 'http://localhost:3002/',
    scopes: ['a:read', 'a:write'],
    variables: { SCALEKIT_ENVIRONMENT_URL: document.url },
    keyDirectory: null,
  });
  await fetch(`${document.url}/keys`);
  expect(await running.stop()).toBe(exitCodes.interrupted);
  expect(running.out().split('\n')).toHaveLength(2);
  expect(running.err()).toBe('');
});

test('the key is kept, unless it is ephemeral', async () => {
  await (await run({ port: 0, ephemeral: true })).stop();
  expect(await readdir(state)).toEqual([]);
  await (await run({ port: 0 })).stop();
  expect(await readdir(join(state, 'scalekit-mcp'))).toEqual(['signing-key.json']);
});

test('a run that was interrupted before its start ends at once', async () => {
  const context = {
    env: { XDG_STATE_HOME: state },
    cwd: state,
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    signal: AbortSignal.abort(),
  };
  expect(await emulate({ port: 0 }, context)).toBe(exitCodes.interrupted);
});

describe('invalid settings are explained', () => {
  test.each([
    [{ port: 65536 }, /--port: .*65536/],
    [{ port: 'abc' }, /--port: .*abc/],
    [{ resourceId: 'skc_1000000000000002' }, /--resource-id: .*the environment's client id/],
    [{ mcpUrl: 'ftp://localhost/' }, /--mcp-url: .*ftp/],
    [{ mcpUrl: 'http://mcp.example.com/' }, /--mcp-url: .*not this machine/],
    [{ scopes: 'todo-read' }, /--scopes: .*"-"/],
    [{ scopes: ' , ' }, /--scopes: No scope was given/],
    [{ issuer: 'both' }, /--issuer: .*both/],
    [{ clientDocuments: 'maybe' }, /--client-documents: .*maybe/],
  ])('%j: exit 2', async (options, message) => {
    const error = await run({ port: 0, ...options }).catch((caught) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(error.exitCode).toBe(exitCodes.usage);
    expect(error.message).toMatch(message);
  });

  test('all problems are reported at once', async () => {
    const error = await run({ port: 'x', scopes: 'a.b', resourceId: 'y' }).catch((caught) => caught);
    for (const option of ['--port', '--scopes', '--resource-id']) expect(error.message).toContain(option);
  });

  test('a taken port: exit code 1, with the command for another port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const error = await run({ port }).catch((caught) => caught);
      expect(error).toBeInstanceOf(UserError);
      expect(error.exitCode).toBe(exitCodes.failed);
      expect(error.message).toContain(`Port ${port} is taken`);
      expect(error.next).toMatch(/emulate --port \d+, with SCALEKIT_ENVIRONMENT_URL=http:\/\/localhost:\d+/);
    } finally {
      other.close();
    }
  });

  test('a folder that cannot hold the key: exit code 1, with the way around it', async () => {
    await writeFile(join(state, 'scalekit-mcp'), '');
    const error = await run({ port: 0 }).catch((caught) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain(join(state, 'scalekit-mcp'));
    expect(error.next).toContain('--ephemeral');
  });
});
