import { beforeAll, describe, type TestContext, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { freePort } from '../support/ports.ts';
import { isInstalled, proxyKinds, startProxy } from '../support/proxies.ts';
import { callTool } from './call.ts';
import { makeProject } from './project.ts';
import { startServer } from './server.ts';

let project: string;
beforeAll(async () => {
  project = await makeProject('todo');
});

async function startWithPrefix(
  { onTestFinished }: TestContext,
  prefix: string,
  env: Readonly<Record<string, string>> = {},
) {
  const port = await freePort();
  const mcpUrl = `http://localhost:${port}${prefix}/`;
  const emulator = await startEmulator({ mcpUrl });
  onTestFinished(() => emulator.close());
  const server = await startServer(project, emulator, { port, env: { MCP_URL: mcpUrl, ...env } });
  onTestFinished(() => server.stop());
  await server.listening();
  return { emulator, server, origin: `http://localhost:${port}`, endpoint: `${mcpUrl}mcp` };
}

const wellKnown = '/.well-known/oauth-protected-resource';

describe.for(['/team', '/a/b.c'])('MCP_URL with the prefix %s', (prefix) => {
  test.for([
    [`${prefix}/mcp`, 'as it is'],
    ['/mcp', 'taken off by a proxy'],
  ])('the endpoint is %s', async ([path], context) => {
    const { expect } = context;
    const { emulator, origin, endpoint } = await startWithPrefix(context, prefix);
    const called = await callTool(origin + path, await emulator.mint(), 'list_todos');
    expect(called.status).toBe(200);
    const refused = await callTool(origin + path, undefined, 'list_todos');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain(
      `resource_metadata="${new URL(endpoint).origin}${wellKnown}${prefix}/mcp"`,
    );
  });

  test.for(
    ['', '/mcp', `${prefix}/mcp`].flatMap((suffix) => [wellKnown + suffix, prefix + wellKnown + suffix]),
  )('the metadata is at %s', async (path, context) => {
    const { expect } = context;
    const { origin, endpoint } = await startWithPrefix(context, prefix);
    const answer = await fetch(origin + path);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ resource: endpoint });
  });

  test.for(['healthz', 'readyz'])('%s is served with and without it', async (name, context) => {
    const { origin } = await startWithPrefix(context, prefix);
    for (const path of [`/${name}`, `${prefix}/${name}`])
      context.expect((await fetch(origin + path)).status).toBe(200);
  });

  test.for([
    `${prefix}/`,
    prefix,
    `${prefix}${prefix}/mcp`,
    `/mcp${prefix}`,
    `${prefix}/mcp/`,
    `/${prefix}/mcp`,
  ])('%s is not served', async (path, context) => {
    const { emulator, origin } = await startWithPrefix(context, prefix);
    const called = await callTool(origin + path, await emulator.mint(), 'list_todos');
    context.expect(called.status).toBe(404);
  });
});

describe.for(proxyKinds.filter(({ program }) => isInstalled(program)))('behind $name', (kind) => {
  test.for([
    ['takes the prefix off', true],
    ['keeps the prefix', false],
  ] as const)('that %s', async ([, strip], context) => {
    const { expect } = context;
    // The public URL would be the proxy's; nothing here depends on its port.
    const { emulator, server } = await startWithPrefix(context, '/team');
    const proxy = await startProxy(kind, { servers: [server.port], prefix: '/team', strip });
    context.onTestFinished(() => proxy.stop());
    expect((await callTool(`${proxy.origin}/team/mcp`, await emulator.mint(), 'list_todos')).status).toBe(
      200,
    );
    expect((await fetch(`${proxy.origin}/team${wellKnown}/mcp`)).status).toBe(200);
    expect((await fetch(`${proxy.origin}/team/readyz`)).status).toBe(200);
  });
});

describe('RESOURCE_METADATA_URL', () => {
  const url = 'https://meta.example.com/team/.well-known/oauth-protected-resource';

  test('is the URL in the challenge, and the server serves it, too', async (context) => {
    const { expect } = context;
    const { emulator, origin, endpoint } = await startWithPrefix(context, '/team', {
      RESOURCE_METADATA_URL: url,
    });
    for (const token of [undefined, 'a.b.c', await emulator.mint({ scopes: [] })]) {
      const refused = await callTool(endpoint, token, 'list_todos');
      expect(refused.headers.get('www-authenticate')).toContain(`resource_metadata="${url}"`);
    }
    expect((await fetch(origin + new URL(url).pathname)).status).toBe(200);
    expect((await fetch(`${origin}${wellKnown}/team/mcp`)).status, 'the usual place stays').toBe(200);
  });

  test.for(['meta.example.com', 'ftp://meta.example.com/', 'http://meta.example.com/'])(
    '%s is refused by name',
    async (value, context) => {
      const port = await freePort();
      const emulator = { url: 'http://localhost:4002', resourceId: 'res_1', clientId: 'skc_1' };
      const server = await startServer(project, emulator, { port, env: { RESOURCE_METADATA_URL: value } });
      context.onTestFinished(() => server.stop());
      const { code, stderr } = await server.program.ended();
      context.expect(code).toBe(1);
      context.expect(stderr).toContain(`RESOURCE_METADATA_URL is \`${value}\``);
    },
  );
});
