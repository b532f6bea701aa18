import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { examine, installed, nodeProject, running } from './foreign.ts';

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

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator();
  folder = await installed('node-servers', packages);
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

const projectOf = (source: string) => nodeProject(emulator, folder, packages, { 'index.js': source });

describe('servers on the official SDK', () => {
  test.each(rows)('$name', async ({ source, codes, fix }) => {
    const project = await projectOf(source);
    await running(project, ['index.js']);
    const said = await examine(project);
    expect(said.above).toEqual(codes);
    if (fix !== undefined) expect(said.first?.fix).toMatch(fix);
    expect(said.exitCode).toBe(codes.length === 0 ? 0 : 1);
  });

  test('another program on the port is named by its process', async () => {
    const { directory, port } = await projectOf(express);
    const elsewhere = await temporaryDirectory();
    await writeFile(
      join(elsewhere, 'other.mjs'),
      `import { createServer } from 'node:http';\ncreateServer((_q, r) => r.writeHead(404).end('Not here')).listen(${port});\n`,
    );
    await running({ directory: elsewhere, port }, ['other.mjs']);
    const { first } = await examine({ directory });
    expect(first).toMatchObject({ code: 'SKM303', level: 'error' });
    expect(first?.actual).toContain(elsewhere);
    expect(first?.title).toMatch(/not an MCP server/);
  });

  test('the project’s own server without MCP is not taken for another program', async () => {
    const project = await projectOf(
      "import 'dotenv/config';\nimport express from 'express';\nimport '@modelcontextprotocol/sdk/types.js';\nconst app = express();\napp.listen(Number(process.env.PORT));\n",
    );
    await running(project, ['index.js']);
    const { first } = await examine(project);
    expect(first).toMatchObject({ code: 'SKM303', level: 'error' });
    expect(first?.title).toMatch(/This project’s server answers, but has no MCP/);
    expect(first?.fix).toMatch(/app\.post\("\/(?:mcp)?"/);
  });
});
