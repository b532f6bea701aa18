import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { fastMcpServer } from '../../support/fastmcp.ts';
import {
  examine,
  type Files,
  type Project,
  python,
  pythonProject,
  runningPython,
  virtualEnvironment,
} from './foreign.ts';

/** Real FastMCP servers in the versions that matter, right and wrong, as their owners would have them. */

/** 4 is today's; 3.4.8 knows one issuer; 2.13.1 compares the audience with the URL. */
const versions = ['4.2.3', '3.4.8', '2.13.1'] as const;
type Version = (typeof versions)[number];

const environment = (version: Version) =>
  virtualEnvironment(`fastmcp-${version}`, [`fastmcp==${version}`, 'python-dotenv']);

const guide = fastMcpServer(
  '        required_scopes=["todo:read"],\n        scopes_supported=["todo:read", "todo:write"],\n',
  '@mcp.tool\ndef list_todos() -> dict:\n    """Lists the todos."""\n    return {"todos": []}\n',
);

/** FastMCP before version 3 has other names, and needs a client id. */
const oldGuide = guide
  .replace('base_url=', 'mcp_url=')
  .replace('resource_id=', 'client_id=os.getenv("SCALEKIT_CLIENT_ID"),\n        resource_id=')
  .replace('        scopes_supported=["todo:read", "todo:write"],\n', '');

let emulator: Emulator;

beforeAll(async () => {
  if (python === undefined) return;
  emulator = await startEmulator();
  for (const version of versions) await environment(version);
}, 600_000);

afterAll(() => emulator?.close());

async function projectWith(version: Version, server: string, changes: Files = {}): Promise<Project> {
  const requirements = 'fastmcp>=2.13.0.2\npython-dotenv>=1.0.0\n';
  const files = { 'server.py': server, ...changes };
  return pythonProject(emulator, await environment(version), requirements, files);
}

/** A proxy that puts a Host of its own into every request. @returns its port. */
async function rewriting(port: number, host: string): Promise<number> {
  const proxy = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const of = { host: '127.0.0.1', port, method, path, headers: { ...headers, host } };
    const forward = request(of, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    forward.on('error', () => answer.destroy());
    asked.pipe(forward);
  }).listen(0);
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  return (proxy.address() as AddressInfo).port;
}

describe.skipIf(python === undefined)('FastMCP', () => {
  test('4: a correct server has no finding above advice', async () => {
    const project = await projectWith('4.2.3', guide);
    await runningPython(project, ['server.py']);
    const said = await examine(project);
    expect(said.above).toEqual([]);
    expect(said.exitCode).toBe(0);
  });

  test('4: started just for the examination, it has none either', async () => {
    const said = await examine(await projectWith('4.2.3', guide), '--start');
    expect(said.above).toEqual([]);
    expect(said.exitCode).toBe(0);
  });

  const dead: ReadonlyArray<
    readonly [name: string, edit: (server: string) => string, code: string, fix: RegExp]
  > = [
    [
      'the guide’s stateless_http',
      (text) => text.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,'),
      'SKM154',
      /Take stateless_http out/,
    ],
    [
      'load_dotenv() deleted, its import kept',
      (text) => text.replace('load_dotenv()\n', ''),
      'SKM113',
      /load_dotenv\(\) before ScalekitProvider/,
    ],
    [
      'load_dotenv() under __main__',
      (text) => text.replace('load_dotenv()\n', '').replace('    mcp.run', '    load_dotenv()\n    mcp.run'),
      'SKM155',
      /after the imports/,
    ],
    [
      'a syntax error',
      (text) => text.replace('def list_todos() -> dict:', 'def list_todos( -> dict:'),
      'SKM302',
      /Correct line \d+/,
    ],
    ['a package that is not there', (text) => `import redis\n${text}`, 'SKM302', /Install/],
    ['no transport', (text) => text.replace(/mcp\.run\(.*\)/, 'mcp.run()'), 'SKM156', /transport="http"/],
    [
      'transport="sse"',
      (text) => text.replace('transport="http"', 'transport="sse"'),
      'SKM157',
      /transport="http"/,
    ],
  ];

  test.each(dead)('4 with --start: %s', async (_, edit, code, fix) => {
    const said = await examine(await projectWith('4.2.3', edit(guide)), '--start');
    expect(said.first).toMatchObject({ code, level: 'error' });
    expect(said.first?.fix).toMatch(fix);
    expect(said.above).toEqual([code]);
    expect(said.exitCode).toBe(1);
  });

  test('4 without --start: finds what the source shows', async () => {
    const project = await projectWith(
      '4.2.3',
      guide.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,'),
    );
    const said = await examine(project, '--offline');
    expect(said.above).toEqual(['SKM154']);
  });

  test('4: a proxy that sends another Host is named, and no token check is blamed', async () => {
    const server = guide.replace(
      'transport="http"',
      'transport="http", allowed_hosts=["mcp.example.com"], host_origin_protection=True',
    );
    const project = await projectWith('4.2.3', server);
    await runningPython(project, ['server.py']);
    const proxy = await rewriting(project.port, 'upstream.internal');
    const said = await examine(project, `http://localhost:${proxy}/mcp`);
    expect(said.above).toEqual(['SKM342']);
    expect(said.first).toMatchObject({ code: 'SKM342', level: 'error' });
    expect(said.first?.fix).toMatch(/list of hosts/);
  });

  test('4: another path is found, and the server at MCP_URL is not called a stranger', async () => {
    const project = await projectWith(
      '4.2.3',
      guide.replace('transport="http"', 'transport="http", path="/api"'),
    );
    await runningPython(project, ['server.py']);
    const said = await examine(project);
    expect(said.above).toEqual([]);
  });

  test('3.4.8 knows one issuer, and the fix does not cause the next fault', async () => {
    const server = guide.replace('transport="http"', 'transport="http"');
    const project = await projectWith('3.4.8', server);
    await runningPython(project, ['server.py']);
    const said = await examine(project);
    expect(said.first?.code).toBe('SKM134');
  });

  test('2.13.1 compares the audience with the URL', async () => {
    const project = await projectWith(
      '2.13.1',
      oldGuide.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,'),
    );
    const said = await examine(project, '--offline');
    expect(said.first).toMatchObject({ code: 'SKM134' });
    expect(said.first?.fix).toMatch(/move stateless_http from FastMCP/);
  });

  test('two faults at once: curly quotes, and stateless_http', async () => {
    const project = await projectWith(
      '4.2.3',
      guide.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,'),
      {
        '.env':
          'PORT=<PORT>\nSCALEKIT_ENVIRONMENT_URL=“https://acme.scalekit.dev”\nSCALEKIT_RESOURCE_ID=res_1\nMCP_URL=http://localhost:<PORT>/\n',
      },
    );
    const said = await examine(project, '--offline');
    expect(said.above).toEqual(['SKM118', 'SKM154']);
  });
});
