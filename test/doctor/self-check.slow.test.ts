import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CheckResult } from '../../src/doctor/model.ts';
import { selfCheck } from '../../src/doctor/self-check.ts';
import { freePort } from '../../src/project/ports.ts';
import { endpoints } from '../../src/scalekit/index.ts';

/** Just enough of a generated server for the check; each test breaks one line of it. */
const healthyServer = `
import { createServer } from 'node:http';
const base = process.env.MCP_URL!;
const resource = new URL('mcp', base).href;
const issuer = process.env.SCALEKIT_ENVIRONMENT_URL + '/resources/' + process.env.SCALEKIT_RESOURCE_ID;
const challenge = 'Bearer resource_metadata="' + base + '.well-known/oauth-protected-resource/mcp"';
createServer((request, response) => {
  const answer = (status: number, body: unknown, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  if (request.url === '/healthz') return answer(200, { status: 'ok' });
  if (request.url === '/mcp') return answer(401, {}, { 'www-authenticate': challenge });
  if (request.url!.startsWith('/.well-known/oauth-protected-resource'))
    return answer(200, { resource, authorization_servers: [issuer] });
  answer(404, {});
}).listen(Number(process.env.PORT));
`;

let directory: string;
let scalekit: Server;
let environmentUrl: string;
const resourceId = 'res_1';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}

async function writeProject(source: string, environment = environmentUrl, port?: number): Promise<number> {
  const serverPort = port ?? (await freePort());
  const variables = {
    PORT: serverPort,
    SCALEKIT_ENVIRONMENT_URL: environment,
    SCALEKIT_CLIENT_ID: 'skc_1',
    SCALEKIT_RESOURCE_ID: resourceId,
    MCP_URL: `http://localhost:${serverPort}/`,
  };
  const env = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(directory, '.env'), env.join(''));
  await writeFile(join(directory, 'src/main.ts'), source);
  return serverPort;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'self-check-'));
  await mkdir(join(directory, 'src'));
  await symlink(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'), 'junction');
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const compilerOptions = { rootDir: '.', outDir: 'dist', module: 'nodenext', types: ['node'], strict: true };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  scalekit = createServer((request, response) => {
    const { issuer, metadata, keys } = endpoints(environmentUrl, resourceId);
    const documents: Record<string, unknown> = { [metadata]: { issuer }, [keys]: { keys: [] } };
    const document = documents[environmentUrl + request.url];
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  environmentUrl = `http://127.0.0.1:${await listen(scalekit)}`;
});

afterEach(async () => {
  scalekit.close();
  await rm(directory, { recursive: true, force: true });
});

const check = (signal = new AbortController().signal) => selfCheck({ directory, signal });
const findings = (results: readonly CheckResult[]) =>
  results.filter(({ state }) => state === 'found').map(({ code }) => code);

describe('selfCheck', () => {
  test('finds nothing wrong with a healthy server, reports each result once, and leaves nothing running', async () => {
    const port = await writeProject(healthyServer);
    const seen: CheckResult[] = [];
    const { signal } = new AbortController();
    const { results, exitCode } = await selfCheck({
      directory,
      signal,
      onResult: (result) => seen.push(result),
    });
    expect(results.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect(results.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['SKM151', 'SKM201', 'SKM302', 'SKM304']),
    );
    expect(seen).toEqual(results);
    expect(exitCode).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  test.each([
    ['a source that does not compile', "const port: number = 'x';", ['SKM151']],
    ['a server that ends at once', "console.error('MCP_URL is missing'); process.exit(1);", ['SKM302']],
    [
      'an open server',
      healthyServer.replace(
        "answer(401, {}, { 'www-authenticate': challenge })",
        "answer(200, { jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'read', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }], content: [{ type: 'text', text: 'all' }] } })",
      ),
      ['SKM304'],
    ],
    [
      'a relative metadata address',
      healthyServer.replace("resource_metadata=\"' + base + '", 'resource_metadata="/'),
      ['SKM307'],
    ],
    ['no metadata address', healthyServer.replace('resource_metadata=', 'realm='), ['SKM306']],
    ['a refusal without a challenge', healthyServer.replace("'www-authenticate'", "'x-other'"), ['SKM305']],
    [
      'metadata only at the path form',
      healthyServer.replace(
        "request.url!.startsWith('/.well-known/oauth-protected-resource')",
        "request.url === '/.well-known/oauth-protected-resource/mcp'",
      ),
      ['SKM310'],
    ],
    ['another resource', healthyServer.replace("new URL('mcp', base).href", 'base'), ['SKM313']],
    ['no authorization server', healthyServer.replace('[issuer]', '[]'), ['SKM316']],
  ])('names %s', async (_, source, codes) => {
    await writeProject(source);
    const { results, exitCode } = await check();
    expect(findings(results)).toEqual(codes);
    expect(exitCode).toBe(results.some(({ level }) => level === 'error') ? 1 : 0);
  });

  test('shows what a server said before it ended', async () => {
    await writeProject("console.error('MCP_URL is missing'); process.exit(1);");
    const { results } = await check();
    expect(results.find(({ code }) => code === 'SKM302')?.actual).toBe('MCP_URL is missing');
  });

  test('takes a free port if the configured one is taken, and says so', async () => {
    const other = createServer();
    const taken = await listen(other);
    await writeProject(healthyServer, environmentUrl, taken);
    const { results, exitCode } = await check();
    other.close();
    expect(exitCode).toBe(0);
    expect(results.find(({ code }) => code === 'SKM302')?.title).toContain(`Port ${taken} is taken`);
  });

  test('says that Scalekit could not be reached, with the next step, as neither passed nor failed', async () => {
    await writeProject(healthyServer, 'https://nowhere.invalid');
    const { results, exitCode } = await check();
    const result = results.find(({ code }) => code === 'SKM201');
    expect(result).toMatchObject({ state: 'unreachable', level: 'warning' });
    expect(result?.detail).toContain('nowhere.invalid');
    expect(result?.fix).toContain('npx scalekit-mcp doctor');
    expect(findings(results)).toEqual([]);
    expect(exitCode).toBe(3);
  });

  test('stops what it has started when it is interrupted', async () => {
    const port = await writeProject(healthyServer.replace("answer(200, { status: 'ok' })", 'undefined'));
    const interruption = new AbortController();
    const running = check(interruption.signal);
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/none`).then(
            (r) => r.status,
            () => 0,
          ),
        { timeout: 15_000 },
      )
      .toBe(404);
    interruption.abort(new Error('Interrupted.'));
    await expect(running).rejects.toThrow('Interrupted.');
    await expect(fetch(`http://127.0.0.1:${port}/none`)).rejects.toThrow();
  });
});
