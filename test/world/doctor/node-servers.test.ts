import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { doctorIn } from '../../doctor/live/in-process.ts';
import { freePort, isTaken } from '../../support/ports.ts';
import { Program } from '../../support/program.ts';
import { registryEnvironment } from '../../support/registry.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { until } from '../../support/waiting.ts';

/** Real servers on the official SDK, v1 and v2, in Express and Hono, as their owners write them: right, and broken. */

const packages = {
  '@modelcontextprotocol/sdk': '^1.32.2',
  '@modelcontextprotocol/server': '^2.4.0',
  '@hono/node-server': '^1.19.0',
  cors: '^2.8.5',
  dotenv: '^17.0.0',
  express: '^5.1.0',
  hono: '^4.10.0',
  jose: '^6.1.0',
  zod: '^4.2.0',
};

/** Kept between runs: an install takes a while. */
const installed = join(tmpdir(), 'scalekit-mcp-node-servers');

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
  if (existsSync(join(installed, 'ready'))) return;
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: installed,
    env: { ...process.env, ...registryEnvironment() },
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  await writeFile(join(installed, 'ready'), '');
}, 600_000);

afterAll(() => emulator.close());

/** The parts that a case changes. Each is right as it stands. */
const verify = `
const { SCALEKIT_ENVIRONMENT_URL: envUrl, SCALEKIT_RESOURCE_ID: resourceId, MCP_URL } = process.env;
const endpoint = new URL('mcp', MCP_URL).href;
const wellKnown = '/.well-known/oauth-protected-resource';
const metadata = { resource: endpoint, authorization_servers: [\`\${envUrl}/resources/\${resourceId}\`], scopes_supported: ['todo:read', 'todo:write'] };
const keys = createRemoteJWKSet(new URL('/keys', envUrl));
const challenge = (error) => \`Bearer \${error ? 'error="invalid_token", ' : ''}resource_metadata="\${new URL(wellKnown + '/mcp', MCP_URL)}", scope="todo:read"\`;
const check = (token) => jwtVerify(token, keys, { audience: resourceId, issuer: [envUrl, \`\${envUrl}/resources/\${resourceId}\`] });
`;

const express = `import 'dotenv/config';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';
${verify}
function make() {
  const server = new McpServer({ name: 'todo', version: '1' });
  server.registerTool('greet', { title: 'Greet', description: 'Greets', inputSchema: { name: z.string() } }, async ({ name }) => ({ content: [{ type: 'text', text: name }] }));
  return server;
}
const app = express();
app.use(express.json());
for (const path of ['', '/mcp']) app.get(wellKnown + path, (_request, response) => response.json(metadata));
async function protect(request, response, next) {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  try {
    if (token === undefined) throw new Error('no token');
    await check(token);
    next();
  } catch {
    response.status(401).set('WWW-Authenticate', challenge(token)).json({ error: 'unauthorized' });
  }
}
app.post('/mcp', protect, async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  await make().connect(transport);
  await transport.handleRequest(request, response, request.body);
});
app.listen(Number(process.env.PORT ?? 3002));
`;

const hono = `import 'dotenv/config';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
${verify}
const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'todo', version: '1' });
  server.registerTool('greet', { title: 'Greet', description: 'Greets', inputSchema: z.object({ name: z.string() }) }, async ({ name }) => ({ content: [{ type: 'text', text: name }] }));
  return server;
});
const app = new Hono();
for (const path of ['', '/mcp']) app.get(wellKnown + path, (c) => c.json(metadata));
app.all('/mcp', async (c) => {
  const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  try {
    if (token === undefined) throw new Error('no token');
    await check(token);
  } catch {
    return c.json({ error: 'unauthorized' }, 401, { 'WWW-Authenticate': challenge(token) });
  }
  return handler.fetch(c.req.raw);
});
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3002) });
`;

interface Row {
  readonly name: string;
  readonly source: string;
  /** The codes above advice, the cause first. */
  readonly codes: readonly string[];
  readonly fix?: RegExp;
  readonly env?: (env: string) => string;
}

const rows: readonly Row[] = [
  { name: 'Express on SDK v1', source: express, codes: [] },
  { name: 'Hono on SDK v2', source: hono, codes: [] },
  {
    name: 'one server object for all connections (Scalekit’s Express guide)',
    source: express
      .replace('await make().connect', 'await shared.connect')
      .replace('const app = express();', 'const shared = make();\nconst app = express();'),
    codes: ['SKM335'],
    fix: /new McpServer and transport for each request/,
  },
  {
    name: '500 for a bad token',
    source: express.replace(
      'if (token === undefined) throw new Error',
      'if (token !== undefined && !token.startsWith("eyJ")) return response.status(500).send("JWSInvalid"); if (token === undefined) throw new Error',
    ),
    codes: ['SKM321'],
  },
  {
    name: 'the token check knows one issuer, the other one',
    source: express.replace(/issuer: \[[^\]]*\]/, 'issuer: [`$' + '{envUrl}/elsewhere`]'),
    codes: ['SKM501'],
  },
  {
    name: 'open to everybody',
    source: express.replace("app.post('/mcp', protect,", "app.post('/mcp',"),
    codes: ['SKM304'],
    fix: /jwtVerify/,
  },
  {
    name: 'the refusal is thrown in a handler, and comes as a 200',
    source: express.replace(
      "response.status(401).set('WWW-Authenticate', challenge(token)).json({ error: 'unauthorized' })",
      "response.json({ jsonrpc: '2.0', id: request.body.id, error: { code: -32001, message: 'Unauthorized' } })",
    ),
    codes: ['SKM326'],
  },
  {
    name: 'MCP at another path than the metadata says, and the endpoint is found',
    source: express.replace("app.post('/mcp'", "app.post('/rpc'"),
    codes: ['SKM319'],
    fix: /\/mcp/,
  },
  {
    name: 'two at once: an old issuer, and no metadata at the path',
    source: express
      .replace(/issuer: \[[^\]]*\]/, 'issuer: ["https://x.scalekit.dev"]')
      .replace("['', '/mcp']", "['']"),
    codes: ['SKM308', 'SKM501'],
  },
];

async function projectOf({ source, env = (text) => text }: Row) {
  const directory = await temporaryDirectory();
  const port = await freePort();
  const files = {
    'package.json': JSON.stringify({
      name: 'todo',
      type: 'module',
      scripts: { start: 'node index.js' },
      dependencies: packages,
    }),
    '.gitignore': '.env\n',
    '.env': env(
      `PORT=${port}\nSCALEKIT_ENVIRONMENT_URL=${emulator.url}\nSCALEKIT_RESOURCE_ID=${emulator.resourceId}\nMCP_URL=http://localhost:${port}/\n`,
    ),
    'index.js': source,
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text, { mode: 0o600 });
  }
  await symlink(join(installed, 'node_modules'), join(directory, 'node_modules'));
  return { directory, port };
}

describe('servers on the official SDK', () => {
  test.each(rows)('$name', async (row) => {
    const { directory, port } = await projectOf(row);
    const program = new Program(process.execPath, ['index.js'], { cwd: directory });
    onTestFinished(async () => void (await program.kill()));
    await until('the server listens', async () => {
      if (!program.running) throw new Error(program.output);
      return isTaken(port);
    });
    const { exitCode, output } = await doctorIn(directory)(['--json']);
    const results = JSON.parse(output).results as {
      code: string;
      state: string;
      level: string;
      fix: string;
    }[];
    const above = results.filter(({ state, level }) => state === 'found' && level !== 'advice');
    expect([...new Set(above.map(({ code }) => code))]).toEqual(
      row.codes.length > 1 ? expect.arrayContaining([...row.codes]) : row.codes,
    );
    if (row.fix !== undefined) expect(above[0]?.fix).toMatch(row.fix);
    expect(exitCode).toBe(row.codes.length === 0 ? 0 : 1);
  });

  test('a stranger on the port is called one, by its process', async () => {
    const { directory, port } = await projectOf({ name: '', source: express, codes: [] });
    const elsewhere = await temporaryDirectory();
    await writeFile(
      join(elsewhere, 'other.mjs'),
      `import { createServer } from 'node:http';\ncreateServer((_q, r) => r.writeHead(404).end('Not here')).listen(${port});\n`,
    );
    const program = new Program(process.execPath, ['other.mjs'], { cwd: elsewhere });
    onTestFinished(async () => void (await program.kill()));
    await until('the other listens', () => isTaken(port));
    const { output } = await doctorIn(directory)(['--json']);
    const [first] = JSON.parse(output).results;
    expect(first).toMatchObject({ code: 'SKM303', state: 'found', level: 'error' });
    expect(first.actual).toContain(elsewhere);
    expect(first.title).toMatch(/no MCP server/);
  });

  test('the project’s own server without MCP is no stranger', async () => {
    const source =
      "import 'dotenv/config';\nimport express from 'express';\nimport '@modelcontextprotocol/sdk/types.js';\nconst app = express();\napp.listen(Number(process.env.PORT));\n";
    const { directory, port } = await projectOf({ name: '', source, codes: [] });
    const program = new Program(process.execPath, ['index.js'], { cwd: directory });
    onTestFinished(async () => void (await program.kill()));
    await until('the server listens', () => isTaken(port));
    const { output } = await doctorIn(directory)(['--json']);
    const [first] = JSON.parse(output).results;
    expect(first).toMatchObject({ code: 'SKM303', level: 'error' });
    expect(first.title).toMatch(/This project’s server answers, but has no MCP/);
    expect(first.fix).toMatch(/app\.post\("\/"/);
  });
});
