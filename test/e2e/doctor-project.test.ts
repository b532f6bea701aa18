import { chmod, readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { readReport, type Said } from '../doctor/live/run-case.ts';
import { GeneratedProject, stopServer } from '../support/generated.ts';
import { freePort } from '../support/ports.ts';
import type { Program } from '../support/program.ts';
import { makeDirectory, removeDirectory, temporaryDirectory } from '../support/temporary.ts';
import { doctorIn } from './doctor-process.ts';

/** One documented way to break a project, by hand. */
interface Broken {
  readonly name: string;
  readonly codes: readonly string[];
  /** Changes `.env`. */
  readonly env?: (text: string) => string;
  readonly change?: (project: GeneratedProject) => Promise<unknown>;
  /** Whether to ask the running server, which still has the earlier settings. */
  readonly offline?: boolean;
  /** Codes that are left after `--fix --yes`. */
  readonly afterFix?: readonly string[];
}

const replaceLine = (name: string, value: string) => (text: string) =>
  text.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${value}`);

const breaks: readonly Broken[] = [
  {
    name: 'a connection id',
    env: replaceLine('SCALEKIT_RESOURCE_ID', 'conn_1'),
    codes: ['SKM105'],
    offline: true,
  },
  {
    name: 'an environment client id for the resource',
    env: replaceLine('SCALEKIT_RESOURCE_ID', 'skc_1'),
    codes: ['SKM105'],
    offline: true,
  },
  {
    name: 'the two ids swapped',
    env: (text) =>
      replaceLine('SCALEKIT_RESOURCE_ID', 'skc_1')(replaceLine('SCALEKIT_CLIENT_ID', 'res_1')(text)),
    codes: ['SKM107'],
    offline: true,
    afterFix: [],
  },
  {
    name: 'another resource than the dashboard’s',
    env: replaceLine('SCALEKIT_RESOURCE_ID', 'res_2'),
    codes: ['SKM204', 'SKM317'],
  },
  {
    name: 'no slash',
    env: (text) => text.replace(/(MCP_URL=.*)\/$/m, '$1'),
    codes: ['SKM108'],
    afterFix: [],
  },
  {
    name: '/mcp at the end',
    env: (text) => text.replace(/^(MCP_URL=.*)$/m, '$1mcp'),
    codes: ['SKM109'],
    afterFix: [],
  },
  {
    name: 'two at once: no slash, and the ids swapped',
    env: (text) =>
      replaceLine(
        'SCALEKIT_RESOURCE_ID',
        'skc_1',
      )(replaceLine('SCALEKIT_CLIENT_ID', 'res_1')(text.replace(/(MCP_URL=.*)\/$/m, '$1'))),
    codes: ['SKM107', 'SKM108'],
    offline: true,
    afterFix: [],
  },
  {
    name: 'three at once: a placeholder, a port that is none, and a file for all to read',
    env: (text) =>
      replaceLine('PORT', 'abc')(replaceLine('SCALEKIT_RESOURCE_ID', 'res_your_resource_id')(text)),
    change: (project) => chmod(project.path('.env'), 0o644),
    codes: ['SKM103', 'SKM111', 'SKM123'],
    offline: true,
    afterFix: ['SKM103', 'SKM111'],
  },
  {
    name: 'a comma too many in package.json',
    change: async (project) => {
      const text = await readFile(project.path('package.json'), 'utf8');
      await writeFile(project.path('package.json'), text.replace('"type"', ',"type"'));
    },
    codes: ['SKM139'],
    offline: true,
  },
  {
    name: 'a query',
    env: (text) => text.replace(/^(MCP_URL=.*)$/m, '$1?a=b'),
    codes: ['SKM110'],
    offline: true,
    afterFix: ['SKM110'],
  },
  { name: 'another port', env: replaceLine('PORT', '1024'), codes: ['SKM112'], offline: true, afterFix: [] },
  { name: 'a port that is none', env: replaceLine('PORT', 'abc'), codes: ['SKM111'], offline: true },
  {
    name: 'a variable that is empty',
    env: replaceLine('SCALEKIT_RESOURCE_ID', ''),
    codes: ['SKM102'],
    offline: true,
  },
  {
    name: 'a placeholder',
    env: replaceLine('SCALEKIT_RESOURCE_ID', 'res_your_resource_id'),
    codes: ['SKM103'],
    offline: true,
  },
  { name: 'an empty .env', env: () => '', codes: ['SKM101'], offline: true },
  {
    name: 'no scheme',
    env: replaceLine('SCALEKIT_ENVIRONMENT_URL', 'acme.scalekit.dev'),
    codes: ['SKM104'],
    offline: true,
    afterFix: [],
  },
  {
    name: 'a path',
    env: replaceLine('SCALEKIT_ENVIRONMENT_URL', 'https://acme.scalekit.dev/oauth'),
    codes: ['SKM104'],
    offline: true,
    afterFix: [],
  },
  {
    name: 'the dashboard’s URL',
    env: replaceLine('SCALEKIT_ENVIRONMENT_URL', 'https://app.scalekit.com'),
    codes: ['SKM104'],
    offline: true,
    afterFix: ['SKM104'],
  },
  {
    name: 'the local Scalekit in production',
    env: (text) => `${text}NODE_ENV=production\n`,
    codes: ['SKM116', 'SKM117'],
  },
  {
    name: 'a line that is there twice',
    env: (text) => `MCP_URL=http://a/\n${text}`,
    codes: ['SKM115'],
    afterFix: [],
  },
  {
    name: 'a secret that nothing needs',
    env: (text) => `${text}SCALEKIT_CLIENT_SECRET=test_abcdefgh\n`,
    codes: ['SKM124'],
    afterFix: ['SKM124'],
  },
  {
    name: 'a .env that everybody can read',
    change: (project) => chmod(project.path('.env'), 0o644),
    codes: ['SKM123'],
    afterFix: [],
  },
  {
    name: 'a client at the base URL',
    change: (project) =>
      writeFile(
        project.path('.mcp.json'),
        `${JSON.stringify({ mcpServers: { project: { type: 'http', url: project.mcpUrl } } }, null, 2)}\n`,
      ),
    codes: ['SKM142'],
    afterFix: [],
  },
  {
    name: 'a scope that Scalekit does not define',
    change: async (project) => {
      const source = await readFile(project.path('src/scopes.ts'), 'utf8');
      await writeFile(
        project.path('src/scopes.ts'),
        source.replace("'todo:write':", "'todo:admin': 'Administer',\n  'todo:write':"),
      );
    },
    codes: ['SKM213'],
  },
  {
    name: 'a scope with a hyphen',
    change: async (project) => {
      const source = await readFile(project.path('src/scopes.ts'), 'utf8');
      await writeFile(project.path('src/scopes.ts'), source.replace("'todo:write':", "'todo-write':"));
    },
    codes: ['SKM141'],
    offline: true,
  },
];

describe.skipIf(process.platform === 'win32')('the doctor as a process, in a generated project', () => {
  let project: GeneratedProject;
  let scalekit: Emulator;
  let server: Program;
  let home: string;
  const kept = ['.env', '.mcp.json', 'package.json', 'src/scopes.ts'];
  const originals = new Map<string, string>();

  beforeAll(async () => {
    project = await GeneratedProject.make([]);
    home = await makeDirectory('doctor-home');
    scalekit = await project.startScalekit(['todo:read', 'todo:write']);
    await project.npm('run', 'build');
    server = await project.startServer();
    for (const file of kept) originals.set(file, await readFile(project.path(file), 'utf8'));
  });

  afterAll(async () => {
    await stopServer(server);
    await scalekit.close();
    await project.remove();
    await removeDirectory(home);
  });

  afterEach(async () => {
    for (const [file, text] of originals) await writeFile(project.path(file), text);
    await chmod(project.path('.env'), 0o600);
  });

  async function examineProject(...args: string[]): Promise<Said> {
    const { exitCode, output } = await doctorIn(project.directory, home)(['--json', ...args]);
    return readReport(exitCode, output);
  }

  test('finds nothing at all in a healthy project', async () => {
    const said = await examineProject();
    expect(said.found).toEqual([]);
    expect(said.exitCode).toBe(0);
    expect(said.results.filter(({ state }) => ['unreachable', 'crashed'].includes(state))).toEqual([]);
  });

  test.each(['claude', 'openai'])('meets the rules of %s’s directory', async (directory) => {
    const said = await examineProject('--directory', directory);
    expect(said.found).toEqual([]);
    const asked = said.results.filter(({ code }) => code.startsWith('SKM7'));
    expect(asked.filter(({ state }) => state === 'passed').length).toBeGreaterThanOrEqual(4);
  });

  test.each(breaks)('names $name, and fixes what can be fixed', async (broken) => {
    const { env, change, offline = false, codes, afterFix } = broken;
    if (env) await writeFile(project.path('.env'), env(originals.get('.env') ?? ''));
    await change?.(project);
    const args = offline ? ['--offline'] : [];
    expect((await examineProject(...args)).found).toEqual(codes);
    if (afterFix === undefined) return;
    expect((await examineProject(...args, '--fix', '--yes')).found).toEqual(afterFix);
    if (env?.name !== '' && afterFix.length === 0 && codes[0] === 'SKM108')
      expect(await readFile(project.path('.env'), 'utf8')).toBe(originals.get('.env'));
  });

  test('names a server that was started with other settings, and one that is not running', async () => {
    const other = await startEmulator({ port: await freePort(), mcpUrl: project.mcpUrl });
    const env = originals.get('.env') ?? '';
    await writeFile(project.path('.env'), env.replace(scalekit.url, other.url));
    try {
      // The refusal of this folder’s tokens is a consequence, and disappears with the cause.
      expect((await examineProject()).found).toEqual(['SKM317']);
    } finally {
      await other.close();
    }
    expect((await examineProject()).found).toEqual(['SKM218', 'SKM317']);
  });

  test('gives the same report from what was saved, anywhere', async () => {
    const elsewhere = await temporaryDirectory();
    const here = await examineProject('--save', `${elsewhere}/facts.json`);
    const there = await doctorIn(elsewhere, home)(['--json', '--from', 'facts.json']);
    expect(JSON.parse(there.output)).toEqual(JSON.parse(here.output));
    expect(await readFile(`${elsewhere}/facts.json`, 'utf8')).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
  });

  describe('with the server stopped', () => {
    beforeEach(() => stopServer(server));
    afterEach(async () => {
      server = await project.startServer();
    });

    test('says so, and goes on', async () => {
      const said = await examineProject();
      expect(said.found).toEqual(['SKM301']);
      expect(said.exitCode).toBe(0);
    });
  });
});
