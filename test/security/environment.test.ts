import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { nodeBinary } from '../support/packages.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { callTool } from './call.ts';
import { describeOnNode, onNode } from './on-node.ts';
import { inPython, makeProject } from './project.ts';
import { programOf, startServer } from './server.ts';

/** How settings reach a server: as files that editors and shells write, and through what containers make of them. */

let project: string;
let emulator: Emulator;
beforeAll(async () => {
  project = await makeProject('todo');
  emulator = await startEmulator();
  return () => emulator.close();
});

const linesOf = (port: number): readonly string[] => [
  `PORT=${port}`,
  `SCALEKIT_ENVIRONMENT_URL=${emulator.url}`,
  `SCALEKIT_RESOURCE_ID=${emulator.resourceId}`,
  `MCP_URL=http://localhost:${port}/`,
];

/** Starts the built server in a folder with these files, and with nothing else in its environment. */
async function startIn(
  files: Readonly<Record<string, string | Uint8Array>>,
  env = {},
  folder?: string,
): Promise<Program> {
  const cwd = folder ?? (await temporaryDirectory());
  for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
  const program = new Program(...programOf(project), {
    cwd,
    env: { LOG_FORMAT: 'json', ...env },
  });
  onTestFinished(() => program.kill());
  return program;
}

/** The output of a server that refuses to start. */
async function refusal(program: Program): Promise<string> {
  const { code, stderr } = await program.ended();
  expect(code).toBe(1);
  expect(stderr).not.toMatch(/\n\s+at |Traceback/);
  return stderr;
}

const health = async (port: number) => (await fetch(`http://localhost:${port}/healthz`)).status;

describe('.env', () => {
  const bom = '\ufeff';
  const utf16 = (text: string, isBigEndian: boolean) => {
    const bytes = Buffer.from(text, 'utf16le');
    return isBigEndian ? bytes.swap16() : bytes;
  };

  test('with a BOM before PORT is read without it', async () => {
    const port = await freePort();
    const server = await startIn({ '.env': `${bom}${linesOf(port).join('\r\n')}\r\n` });
    await server.says(/"event":"listening"/);
    expect(await health(port)).toBe(200);
  });

  test.each([
    ['little endian, as PowerShell writes it', `${bom}`, false],
    ['big endian', `${bom}`, true],
    ['without a mark', '', false],
  ])('in UTF-16, %s, is named, with what to do', async (_, mark, isBigEndian) => {
    const text = `${mark}${linesOf(await freePort()).join('\r\n')}\r\n`;
    const said = await refusal(await startIn({ '.env': utf16(text, isBigEndian) }));
    expect(said).toContain('.env is in UTF-16: save it as UTF-8');
  });

  test('alone is read: .env.local is not, and the server says so where settings are missing', async () => {
    const said = await refusal(await startIn({ '.env.local': linesOf(await freePort()).join('\n') }));
    expect(said).toContain('MCP_URL is missing');
    expect(said).toContain('.env.local is read by nothing here');
  });

  test('with a value of several lines: the PORT= inside it is no setting', async () => {
    const port = await freePort();
    const key = `KEY="-----BEGIN\nPORT=1\nMCP_URL=http://evil.example/\n-----END"`;
    for (const text of [`${linesOf(port).join('\n')}\n${key}\n`, `${key}\n${linesOf(port).join('\n')}\n`]) {
      const server = await startIn({ '.env': text });
      await server.says(/"event":"listening"/);
      expect(await health(port)).toBe(200);
      await server.kill();
    }
  });

  test('that cannot be read is named', async () => {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, '.env'));
    expect(await refusal(await startIn({}, {}, cwd))).toMatch(/\.env cannot be read: .*directory/);
  });
});

/** How `docker run --env-file` reads a file (docker/cli, opts/file.go): lines as they are, without leading white space. */
function readAsDocker(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => line.trimStart());
  const settings = lines.filter((line) => line !== '' && !line.startsWith('#') && line.includes('='));
  return Object.fromEntries(
    settings.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('docker run --env-file', () => {
  const quotes = 'The quotes have become part of the value: write it without them.';
  const comment = 'What follows the # has become part of the value: write it on a line of its own.';

  test.each([
    ['MCP_URL', (url: string) => `"${url}"`, quotes],
    ['MCP_URL', (url: string) => `'${url}'`, quotes],
    ['MCP_URL', (url: string) => `${url} # where clients reach it`, comment],
    ['PORT', () => '"3002"', quotes],
    ['PORT', () => '3002 # as everywhere', comment],
    ['SCALEKIT_ENVIRONMENT_URL', () => '"https://acme.scalekit.dev"', quotes],
    ['SCALEKIT_RESOURCE_ID', () => "'res_1000000000000001'", quotes],
    ['SCALEKIT_RESOURCE_ID', () => 'res_1000000000000001  # the server', comment],
    ['ALLOWED_HOSTS', () => '"mcp.internal"', quotes],
    ['ALLOWED_ORIGINS', () => '"https://app.example.com"', quotes],
    ['ALLOWED_HOSTS', () => 'mcp.internal # the balancer', comment],
    ['HOST', () => '"0.0.0.0"', quotes],
    ['LOG_LEVEL', () => '"debug"', quotes],
  ])(
    '%s with what the file has around it (%#): the value is shown as it came, and why',
    async (name, write, why) => {
      const port = await freePort();
      const value = write(`http://localhost:${port}/`);
      const env = readAsDocker([...linesOf(port), '# a comment', `  ${name}=${value}`].join('\n'));
      const said = await refusal(await startIn({}, env));
      expect(said).toContain(`${name} is \`${value}\`: `);
      expect(said).toContain(why);
    },
  );
});

describe('a list that nothing could match is refused by name', () => {
  test.each([
    ['ALLOWED_HOSTS', 'https://mcp.example.com/', 'https://mcp.example.com/'],
    ['ALLOWED_HOSTS', 'a.example, *.example.com', '*.example.com'],
    ['ALLOWED_HOSTS', '*', '*'],
    ['ALLOWED_ORIGINS', 'app.example.com', 'app.example.com'],
    ['ALLOWED_ORIGINS', 'https://a.example,https://b.example/path', 'https://b.example/path'],
    ['ALLOWED_ORIGINS', '*', '*'],
    ['ALLOWED_ORIGINS', 'https://*.example.com', 'https://*.example.com'],
  ])('%s=%s', async (name, value, entry) => {
    const said = await refusal(
      await startIn({ '.env': [...linesOf(await freePort()), `${name}=${value}`].join('\n') }),
    );
    expect(said).toContain(`${name} is \`${value}\`: \`${entry}\` is not `);
  });
});

describe('a page of a browser extension', () => {
  test('is allowed by its origin, and no sandboxed page with it', async () => {
    const origin = 'chrome-extension://abcdefghijklmnop';
    const server = await startServer(project, emulator, { env: { ALLOWED_ORIGINS: origin } });
    onTestFinished(() => server.stop());
    await server.listening();
    const status = async (from: string) =>
      (await fetch(server.endpoint, { method: 'POST', headers: { origin: from } })).status;
    expect([await status(origin), await status('null'), await status(`${origin}x`)]).toEqual([401, 403, 403]);
  });
});

/** An https Scalekit whose name does not resolve, and a company's proxy (RFC 9110 §9.3.6) that knows where it is. */
async function startScalekitBehindProxy() {
  const environment = 'https://acme.scalekit.invalid';
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'acme.scalekit.invalid' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'acme.scalekit.invalid' }] },
    ],
  });
  const certificateFile = join(await temporaryDirectory(), 'company.pem');
  await writeFile(certificateFile, cert);
  const signing = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(signing.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  const scalekit = createTlsServer({ key, cert }, (_, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  ).listen(0, '127.0.0.1');
  const asked: string[] = [];
  const proxy = createServer().listen(0, '127.0.0.1');
  proxy.on('connect', (request, socket: Socket, head: Buffer) => {
    asked.push(`CONNECT ${request.url}`);
    const upstream = connect((scalekit.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await Promise.all([scalekit, proxy].map((server) => server.listening || once(server, 'listening')));
  onTestFinished(() => {
    scalekit.closeAllConnections();
    scalekit.close();
    proxy.close();
  });
  const token = await new SignJWT({ scope: 'todo:read todo:write', client_id: 'm2m_1' })
    .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'at+jwt' })
    .setIssuer(environment)
    .setAudience('res_1000000000000001')
    .setSubject('usr_1')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(signing.privateKey);
  return {
    environment,
    certificateFile,
    token,
    asked,
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  };
}

describe('NODE_USE_ENV_PROXY', () => {
  test('with HTTPS_PROXY: keys come through the proxy, where Node can, and calls are served', async () => {
    const { environment, certificateFile, token, asked, url } = await startScalekitBehindProxy();
    const server = await startServer(project, emulator, {
      node: await nodeBinary(24),
      env: {
        SCALEKIT_ENVIRONMENT_URL: environment,
        SCALEKIT_RESOURCE_ID: 'res_1000000000000001',
        NODE_USE_ENV_PROXY: '1',
        HTTPS_PROXY: url,
        https_proxy: undefined,
        [inPython ? 'SSL_CERT_FILE' : 'NODE_EXTRA_CA_CERTS']: certificateFile,
      },
    });
    onTestFinished(() => server.stop());
    await server.whenReady();
    expect((await callTool(server.endpoint, token, 'list_todos')).status).toBe(200);
    expect(new Set(asked)).toEqual(new Set(['CONNECT acme.scalekit.invalid:443']));
    expect(server.log.filter(({ event }) => event === 'proxy_not_used')).toEqual([]);
  });

  onNode('where Node cannot, the server says so', async () => {
    const server = await startServer(project, emulator, {
      node: await nodeBinary(20),
      env: { NODE_USE_ENV_PROXY: '1' },
    });
    onTestFinished(() => server.stop());
    await server.listening();
    const line = server.log.find(({ event }) => event === 'proxy_not_used');
    expect(line).toMatchObject({ level: 'warn', message: expect.stringContaining('Node.js v20.') });
  });
});

describe('SCALEKIT_INTERNAL_URL', () => {
  /** As in compose: the browser's address of the local Scalekit does not work inside the server's container. */
  test('is where keys and metadata are fetched; what is advertised stays', async () => {
    const port = await freePort();
    const publicUrl = `http://localhost:${await freePort()}`;
    const scalekit = await startEmulator({
      container: true,
      publicUrl,
      mcpUrl: `http://localhost:${port}/`,
    });
    onTestFinished(() => scalekit.close());
    expect(scalekit.url).toBe(publicUrl);
    const server = await startServer(project, scalekit, {
      port,
      env: { SCALEKIT_INTERNAL_URL: `http://127.0.0.1:${scalekit.port}` },
    });
    onTestFinished(() => server.stop());
    await server.whenReady();
    const called = await callTool(server.endpoint, await scalekit.mint(), 'list_todos');
    expect(called.status).toBe(200);
    const from = (path: string) => fetch(new URL(path, server.endpoint)).then((answer) => answer.json());
    expect(await from('/.well-known/oauth-protected-resource/mcp')).toMatchObject({
      authorization_servers: [`${publicUrl}/resources/${scalekit.resourceId}`],
    });
    expect(await from('/.well-known/oauth-authorization-server')).toMatchObject({
      authorization_endpoint: expect.stringContaining(`${publicUrl}/`),
    });
  });

  test('is refused in production', async () => {
    const env = {
      NODE_ENV: 'production',
      MCP_URL: 'https://mcp.example.com/',
      SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.invalid',
      SCALEKIT_INTERNAL_URL: 'http://scalekit:4002',
      SCALEKIT_RESOURCE_ID: emulator.resourceId,
    };
    expect(await refusal(await startIn({}, env))).toContain(
      'SCALEKIT_INTERNAL_URL is `http://scalekit:4002`: is for the local Scalekit in containers',
    );
  });
});

test.each([
  [3 * 3600, /clock is 3 hours behind Scalekit's: new tokens are not valid yet/],
  [-3 * 3600, /clock is 3 hours ahead of Scalekit's: good tokens look as if they had expired/],
])('a clock that is %i s apart from Scalekit’s is named in the log', async (clockOffset, words) => {
  const other = await startEmulator();
  onTestFinished(() => other.close());
  other.fault({ clockOffset });
  const server = await startServer(project, other);
  onTestFinished(() => server.stop());
  await server.program.says(words);
});

describeOnNode('Node’s permission model', () => {
  const flags = ['--permission', '--allow-fs-read=*'];

  test.each([
    [24, []],
    [26, ['--allow-net']],
  ])('Node.js %i with all that it needs: calls are served', async (major, more) => {
    const node = await nodeBinary(major);
    const server = await startServer(project, emulator, {
      node,
      altered: { node: [...flags, ...more], python: {} },
    });
    onTestFinished(() => server.stop());
    await server.whenReady();
    expect((await callTool(server.endpoint, await emulator.mint(), 'list_todos')).status).toBe(200);
  });

  test('Node.js 26 without the network: the flag is named', async () => {
    const server = await startServer(project, emulator, {
      node: await nodeBinary(26),
      altered: { node: flags, python: {} },
    });
    expect(await refusal(server.program)).toContain('add --allow-net');
  });
});
