import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { doctorIn } from '../../doctor/live/in-process.ts';
import { freePort, isTaken } from '../../support/ports.ts';
import { Program } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { until } from '../../support/waiting.ts';

/** Real FastMCP servers in the versions that matter, right and wrong, as their owners would have them. */

const python = ['python3', 'python'].find((name) => {
  try {
    execFileSync(name, ['-c', 'import venv, sys; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** 4 is today's; 3.4.8 knows one issuer; 2.13.1 compares the audience with the URL. */
const versions = ['4.2.3', '3.4.8', '2.13.1'] as const;
type Version = (typeof versions)[number];

/** One virtual environment a version, kept between runs: an install takes half a minute. */
function environment(version: Version): string {
  const folder = join(tmpdir(), `scalekit-mcp-fastmcp-${version}`);
  if (existsSync(join(folder, 'installed'))) return folder;
  execFileSync(python ?? 'python3', ['-m', 'venv', folder], { stdio: 'ignore' });
  const pip = [
    join(folder, 'bin/python'),
    '-m',
    'pip',
    'install',
    '-q',
    `fastmcp==${version}`,
    'python-dotenv',
  ];
  execFileSync(pip[0] ?? '', pip.slice(1), { stdio: 'ignore' });
  execFileSync('touch', [join(folder, 'installed')]);
  return folder;
}

const guide = `import os

from dotenv import load_dotenv
from fastmcp import FastMCP
from fastmcp.server.auth.providers.scalekit import ScalekitProvider

load_dotenv()

mcp = FastMCP(
    "Todo Server",
    auth=ScalekitProvider(
        environment_url=os.getenv("SCALEKIT_ENVIRONMENT_URL"),
        resource_id=os.getenv("SCALEKIT_RESOURCE_ID"),
        base_url=os.getenv("MCP_URL"),
        required_scopes=["todo:read"],
        scopes_supported=["todo:read", "todo:write"],
    ),
)


@mcp.tool
def list_todos() -> dict:
    """Lists the todos."""
    return {"todos": []}


if __name__ == "__main__":
    mcp.run(transport="http", port=int(os.getenv("PORT", "3002")))
`;

/** FastMCP of before 3 has other names, and wants a client id. */
const oldGuide = guide
  .replace('base_url=', 'mcp_url=')
  .replace('resource_id=', 'client_id=os.getenv("SCALEKIT_CLIENT_ID"),\n        resource_id=')
  .replace('        scopes_supported=["todo:read", "todo:write"],\n', '');

let emulator: Emulator;

beforeAll(async () => {
  if (python === undefined) return;
  emulator = await startEmulator();
  for (const version of versions) environment(version);
}, 600_000);

afterAll(() => emulator?.close());

interface Project {
  readonly directory: string;
  readonly port: number;
}

/** A project as a folder, with its virtual environment linked in. */
async function projectWith(
  version: Version,
  server: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const directory = await temporaryDirectory();
  const port = await freePort();
  const files = {
    'requirements.txt': 'fastmcp>=2.13.0.2\npython-dotenv>=1.0.0\n',
    '.gitignore': '.env\n',
    '.env': `PORT=${port}\nSCALEKIT_ENVIRONMENT_URL=${emulator.url}\nSCALEKIT_CLIENT_ID=skc_1000000000000002\nSCALEKIT_RESOURCE_ID=${emulator.resourceId}\nMCP_URL=http://localhost:${port}/\n`,
    'server.py': server,
    ...Object.fromEntries(
      Object.entries(changes).map(([file, text]) => [file, text.replaceAll('<PORT>', String(port))]),
    ),
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text, { mode: 0o600 });
  }
  await symlink(environment(version), join(directory, 'my-environment'));
  return { directory, port };
}

async function running({ directory, port }: Project): Promise<void> {
  const program = new Program(join(directory, 'my-environment/bin/python'), ['server.py'], {
    cwd: directory,
    group: true,
  });
  onTestFinished(async () => void (await program.kill()));
  await until(
    'FastMCP listens',
    async () => {
      if (!program.running) throw new Error(program.output);
      return isTaken(port);
    },
    120_000,
  );
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

interface Found {
  readonly code: string;
  readonly level: string;
  readonly state: string;
  readonly fix?: string;
  readonly title: string;
  readonly consequences?: readonly Found[];
}

async function doctor({ directory }: Project, ...args: readonly string[]) {
  const { exitCode, output } = await doctorIn(directory, { PATH: process.env.PATH ?? '' })([
    '--json',
    ...args,
  ]);
  const results = JSON.parse(output).results as Found[];
  const found = results.filter(({ state }) => state === 'found');
  const above = found.filter(({ level }) => level !== 'advice');
  return { exitCode, found, above: above.map(({ code }) => code), first: found[0] };
}

describe.skipIf(python === undefined)('FastMCP', () => {
  test('4: the right server has no finding above advice', async () => {
    const project = await projectWith('4.2.3', guide);
    await running(project);
    const said = await doctor(project);
    expect(said.above).toEqual([]);
    expect(said.exitCode).toBe(0);
  });

  test('4: started for the examination alone, it has none either', async () => {
    const said = await doctor(await projectWith('4.2.3', guide), '--start');
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
    const said = await doctor(await projectWith('4.2.3', edit(guide)), '--start');
    expect(said.first).toMatchObject({ code, level: 'error' });
    expect(said.first?.fix).toMatch(fix);
    expect(said.above).toEqual([code]);
    expect(said.exitCode).toBe(1);
  });

  test('4 without --start: the source tells what it can', async () => {
    const project = await projectWith(
      '4.2.3',
      guide.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,'),
    );
    const said = await doctor(project, '--offline');
    expect(said.above).toEqual(['SKM154']);
  });

  test('4: a proxy that sends another Host is named, and no token check is blamed', async () => {
    const server = guide.replace(
      'transport="http"',
      'transport="http", allowed_hosts=["mcp.example.com"], host_origin_protection=True',
    );
    const project = await projectWith('4.2.3', server);
    await running(project);
    const proxy = await rewriting(project.port, 'upstream.internal');
    const said = await doctor(project, `http://localhost:${proxy}/mcp`);
    expect(said.above).toEqual(['SKM342']);
    expect(said.first).toMatchObject({ code: 'SKM342', level: 'error' });
    expect(said.first?.fix).toMatch(/list of hosts/);
  });

  test('4: another path is found, and MCP_URL’s own address is no stranger’s', async () => {
    const project = await projectWith(
      '4.2.3',
      guide.replace('transport="http"', 'transport="http", path="/api"'),
    );
    await running(project);
    const said = await doctor(project);
    expect(said.above).toEqual([]);
  });

  test('3.4.8 knows one issuer, and the fix does not lead into the next fault', async () => {
    const server = guide.replace('transport="http"', 'transport="http"');
    const project = await projectWith('3.4.8', server);
    await running(project);
    const said = await doctor(project);
    expect(said.first?.code).toBe('SKM134');
  });

  test('2.13.1 compares the audience with the URL', async () => {
    const project = await projectWith(
      '2.13.1',
      oldGuide.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,'),
    );
    const said = await doctor(project, '--offline');
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
    const said = await doctor(project, '--offline');
    expect(said.above).toEqual(['SKM118', 'SKM154']);
  });
});
