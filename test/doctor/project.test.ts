import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ProjectFacts } from '../../src/doctor/facts/index.ts';
import { gatherProject } from '../../src/doctor/gather/project/project.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Writes a project of these files. @returns its folder. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await temporaryDirectory('doctor-project');
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  }
  return directory;
}

async function factsOf(files: Readonly<Record<string, string>>, env = {}): Promise<ProjectFacts> {
  const fact = await gatherProject(await project(files), env);
  if (!fact.known) throw new Error(fact.why);
  return fact.value;
}

const env = `# Scalekit
PORT=3002
SCALEKIT_ENVIRONMENT_URL="https://acme.scalekit.dev"   # ours
export SCALEKIT_RESOURCE_ID='res_1'
SCALEKIT_CLIENT_SECRET=test_abcdefgh
MCP_URL=http://localhost:3002/
OTHER=private
`;

const fastmcp = {
  '.env': env,
  'requirements.txt': '# ours\nfastmcp[auth]>=2.13.0.2\npython-dotenv>=1.0.0\n',
  'server.py': `import os
from dotenv import load_dotenv
load_dotenv()
auth = ScalekitProvider(resource_id=os.getenv("SCALEKIT_RESOURCE_ID"), mcp_url=os.environ["MCP_URL"])
@mcp.tool
def create_todo(title):
    error = _require_scope("todo:write")
`,
  '.venv/lib/python3.12/site-packages/fastmcp-2.13.1.dist-info/METADATA': '',
  'tests/test_server.py': '_require_scope("wrong-scope")\n',
};

describe('gatherProject', () => {
  test('reads a FastMCP project', async () => {
    const facts = await factsOf(fastmcp);
    expect(facts.kind).toBe('fastmcp');
    expect(facts.packages.map(({ name, range, version, line }) => ({ name, range, version, line }))).toEqual([
      { name: 'fastmcp', range: '>=2.13.0.2', version: '2.13.1', line: 2 },
      { name: 'python-dotenv', range: '>=1.0.0', version: undefined, line: 3 },
    ]);
    expect(facts.variableReads).toEqual([
      { text: 'SCALEKIT_RESOURCE_ID', file: 'server.py', line: 4 },
      { text: 'MCP_URL', file: 'server.py', line: 4 },
    ]);
    expect(facts.envLoads.map(({ file, line }) => `${file}:${line}`)).toEqual(['server.py:3']);
    expect(facts.scopes).toEqual([{ text: 'todo:write', file: 'server.py', line: 7 }]);
    expect(facts.installed).toBe(true);
  });

  test.each([
    ['pyproject.toml', '[project]\nname = "todo"\ndependencies = [\n  "fastmcp==3.4.7",\n]\n', '==3.4.7'],
    ['pyproject.toml', '[tool.poetry.dependencies]\npython = "^3.11"\nfastmcp = "^2.13"\n', '^2.13'],
    ['requirements.txt', 'fastmcp\n', ''],
  ])('finds FastMCP in %s', async (file, text, range) => {
    const facts = await factsOf({ [file]: text });
    expect(facts.packages).toMatchObject([{ name: 'fastmcp', range }]);
  });

  test.each([
    ['fastmcp-extras>=1', 'another package'],
    ['# fastmcp==2.13.0', 'a comment'],
    ['my.fastmcp==1', 'a name that ends in it'],
  ])('does not take %s for FastMCP: %s', async (line) => {
    const facts = await factsOf({ 'requirements.txt': `${line}\n` });
    expect(facts.packages).toEqual([]);
  });

  test('takes the locked version if nothing is installed', async () => {
    const lock = '[[package]]\nname = "fastmcp"\nversion = "3.2.0"\n';
    const facts = await factsOf({ 'pyproject.toml': 'dependencies = ["fastmcp>=3"]', 'uv.lock': lock });
    expect(facts.packages).toMatchObject([{ name: 'fastmcp', range: '>=3', version: '3.2.0' }]);
  });

  test.each([
    ['mcp-use', { 'mcp-use': '^2.0.0' }, 'mcp-use'],
    ['xmcp', { xmcp: '^1.0.0', '@xmcp-dev/scalekit': '^1.0.0' }, 'xmcp'],
    ['Express', { express: '^5.0.0', '@modelcontextprotocol/sdk': '^1.25.0' }, 'node'],
  ])('reads a project with %s', async (_, dependencies, kind) => {
    const facts = await factsOf({
      'package.json': JSON.stringify({ name: 'app', dependencies }, null, 2),
      'src/index.ts': "const url = process.env.MCP_URL;\nconst scopes = ['todo:read'];\n",
    });
    expect(facts).toMatchObject({ kind, name: 'app', installed: false });
    expect(facts.variableReads).toMatchObject([{ text: 'MCP_URL', line: 1 }]);
  });

  test('recognises a generated project by its parts, with its Node range and its scopes', async () => {
    const facts = await factsOf({
      'package.json': JSON.stringify({
        engines: { node: '>=20.19' },
        dependencies: { 'scalekit-mcp-server': 'file:vendor/scalekit-mcp-server-0.1.0.tgz' },
      }),
      'src/scopes.ts':
        "export const { scopes } = defineScopes({\n  'todo:read': 'Read',\n  audit: 'Look',\n});\n",
    });
    expect(facts).toMatchObject({ kind: 'generated', nodeRange: '>=20.19' });
    expect(facts.scopes.map(({ text, line }) => `${text} ${line}`)).toEqual(['todo:read 2', 'audit 3']);
  });

  test('recognises a generated project that has ejected', async () => {
    const facts = await factsOf({
      'package.json': JSON.stringify({ devDependencies: { 'scalekit-mcp': '^1.0.0' } }),
      'src/protect/server/index.ts': 'export {};\n',
    });
    expect(facts.kind).toBe('generated');
  });

  test('finds the installed version of a dependency, direct or not', async () => {
    const facts = await factsOf({
      'package.json': '{\n  "dependencies": {\n    "mcp-use": "^2.0.0"\n  }\n}',
      'node_modules/mcp-use/package.json': '{"version":"2.5.2"}',
      'node_modules/@modelcontextprotocol/sdk/package.json': '{"version":"1.25.1"}',
    });
    expect(facts.packages).toMatchObject([
      { name: '@modelcontextprotocol/sdk', range: '', version: '1.25.1' },
      { name: 'mcp-use', range: '^2.0.0', version: '2.5.2', line: 3 },
    ]);
  });

  test('reads .env with its lines, and keeps no value of other variables', async () => {
    const { envFiles, settings } = await factsOf({ '.env': env });
    expect(envFiles[0]?.lines).toEqual([
      { name: 'PORT', line: 2, value: '3002', isEmpty: false, isSecret: false },
      {
        name: 'SCALEKIT_ENVIRONMENT_URL',
        line: 3,
        value: 'https://acme.scalekit.dev',
        isEmpty: false,
        isSecret: false,
      },
      { name: 'SCALEKIT_RESOURCE_ID', line: 4, value: 'res_1', isEmpty: false, isSecret: false },
      { name: 'SCALEKIT_CLIENT_SECRET', line: 5, isEmpty: false, isSecret: true },
      { name: 'MCP_URL', line: 6, value: 'http://localhost:3002/', isEmpty: false, isSecret: false },
      { name: 'OTHER', line: 7, isEmpty: false, isSecret: false },
    ]);
    expect(settings.map(({ variable, line }) => `${variable}:${line}`)).toEqual([
      'PORT:2',
      'SCALEKIT_ENVIRONMENT_URL:3',
      'SCALEKIT_RESOURCE_ID:4',
      'MCP_URL:6',
    ]);
  });

  test.each([
    ['a value of several lines', 'KEY="a\nMCP_URL=http://x\nPORT=1\n"\nPORT=3002\n', 'PORT:5=3002'],
    ['a quote that is never closed', 'MCP_URL="http://x\nPORT=1\n', 'PORT:2=1 MCP_URL:1="http://x'],
    ['white space, quotes and a comment', " export PORT = '3002' # ours\r\n", 'PORT:1=3002'],
    ['a value without an end of line', '# PORT="\nPORT=3002', 'PORT:2=3002'],
  ])('reads .env as Node does: %s', async (_, text, expected) => {
    const { settings } = await factsOf({ '.env': text });
    expect(settings.map(({ variable, line, value }) => `${variable}:${line}=${value}`).join(' ')).toBe(
      expected,
    );
    const said = parseEnv(text);
    for (const { variable, value } of settings) expect(said[variable]).toBe(value);
  });

  test('sees an invisible mark that hides the first variable', async () => {
    const { envFiles } = await factsOf({ '.env': '\uFEFFMCP_URL=http://x/\nPORT=1\n' });
    expect(envFiles[0]).toMatchObject({ startsWithMark: true });
    expect((await factsOf({ '.env': 'PORT=1\n' })).envFiles[0]).not.toHaveProperty('startsWithMark');
  });

  test('masks a secret that was put into one of the variables', async () => {
    const facts = await factsOf({ '.env': 'SCALEKIT_CLIENT_ID=skcs_1234567890\n' });
    expect(JSON.stringify(facts)).not.toContain('1234567890');
    expect(facts.settings[0]?.value).toBe('skcs_…(masked)');
  });

  test('prefers the process environment, and finds other names of the variables', async () => {
    const { settings } = await factsOf(
      {
        '.env':
          'SCALEKIT_ENV_URL=https://a.scalekit.dev\nBASE_URL=http://localhost:8000\nSCALEKIT_RESOURCE_ID=res_1\n',
      },
      { SCALEKIT_RESOURCE_ID: 'res_2', BASE_URL: 'https://somebody.example.com' },
    );
    expect(settings).toEqual([
      {
        variable: 'SCALEKIT_ENVIRONMENT_URL',
        name: 'SCALEKIT_ENV_URL',
        value: 'https://a.scalekit.dev',
        source: 'file',
        file: '.env',
        line: 1,
      },
      {
        variable: 'SCALEKIT_RESOURCE_ID',
        name: 'SCALEKIT_RESOURCE_ID',
        value: 'res_2',
        source: 'environment',
      },
      {
        variable: 'MCP_URL',
        name: 'BASE_URL',
        value: 'http://localhost:8000',
        source: 'file',
        file: '.env',
        line: 2,
      },
    ]);
  });

  test('prefers .env.local to .env if the framework reads it', async () => {
    const { settings } = await factsOf({
      'package.json': '{"dependencies":{"xmcp":"^0.3.0"}}',
      '.env': 'PORT=1\n',
      '.env.local': '\nPORT=2\n',
    });
    expect(settings).toMatchObject([{ value: '2', file: '.env.local', line: 2 }]);
  });

  test('ignores .env.local if nothing reads it, like the server and dev', async () => {
    const files = { 'package.json': '{}', '.env': 'PORT=1\n', '.env.local': 'PORT=2\nMCP_URL=http://x/\n' };
    const { settings, envFiles } = await factsOf(files);
    expect(settings).toMatchObject([{ variable: 'PORT', value: '1', file: '.env' }]);
    expect(envFiles).toMatchObject([{ file: '.env.local', unread: true }, { file: '.env' }]);
  });

  test('reads .env as python-dotenv does in a Python project', async () => {
    const { settings } = await factsOf({
      'requirements.txt': 'fastmcp>=2.13\n',
      'server.py': '',
      '.env': 'PORT=3002\nMCP_URL=http://localhost:$' + '{PORT}/#x\n',
    });
    expect(settings.map(({ name, value, rules }) => [name, value, rules])).toEqual([
      ['PORT', '3002', 'python'],
      ['MCP_URL', 'http://localhost:3002/#x', 'python'],
    ]);
  });

  test('says that a .env is in UTF-16', async () => {
    const { envFiles } = await factsOf({ '.env': '\0P\0O' });
    expect(envFiles).toMatchObject([{ unreadable: 'is in UTF-16: save it as UTF-8', lines: [] }]);
  });

  test('reads what other files say about production', async () => {
    const { production, nodeEnv } = await factsOf({
      'package.json': '{}',
      '.env.production': 'NODE_ENV=production\nMCP_URL=http://localhost:3002/\n',
      Dockerfile: 'FROM node\n# ENV MCP_URL=http://no/\nENV SCALEKIT_ENVIRONMENT_URL=http://localhost:4002\n',
      'compose.yaml': 'services:\n  mcp:\n    environment:\n      MCP_URL: "https://mcp.example.com/"\n',
    });
    expect(production.map(({ file, line, value }) => `${file}:${line} ${value}`)).toEqual([
      '.env.production:2 http://localhost:3002/',
      'Dockerfile:3 http://localhost:4002',
      'compose.yaml:4 https://mcp.example.com/',
    ]);
    expect(nodeEnv).toBeUndefined();
  });

  test('keeps no part of a client’s URL that may be a key', async () => {
    const { clients } = await factsOf({
      'package.json': '{}',
      '.mcp.json': '{"mcpServers":{"a":{"url":"http://u:p4ss@localhost:3002/mcp?api_key=s3cret&x"}}}',
    });
    expect(clients[0]?.url).toBe('http://…@localhost:3002/mcp?…(masked)');
    expect(URL.canParse(clients[0]?.url ?? '')).toBe(true);
  });

  test('reads the configurations of clients, also with a bridge', async () => {
    const { clients, clientProblems } = await factsOf({
      'package.json': '{}',
      '.mcp.json': JSON.stringify(
        {
          mcpServers: {
            todo: { type: 'http', url: 'http://localhost:3002/mcp', oauth: { clientId: 'skc_1' } },
            local: { command: 'node', args: ['server.js'] },
          },
        },
        null,
        2,
      ),
      '.cursor/mcp.json': JSON.stringify({
        mcpServers: { todo: { command: 'npx', args: ['-y', 'mcp-remote', 'http://localhost:3002/'] } },
      }),
      '.vscode/mcp.json': 'not JSON',
    });
    expect(clients).toEqual([
      {
        file: '.mcp.json',
        client: 'claude-code',
        line: 5,
        name: 'todo',
        url: 'http://localhost:3002/mcp',
        clientId: 'skc_1',
        isOnlyEntry: false,
      },
      {
        file: '.cursor/mcp.json',
        client: 'cursor',
        line: 1,
        name: 'todo',
        url: 'http://localhost:3002/',
        isOnlyEntry: true,
      },
    ]);
    expect(clientProblems).toMatchObject([{ file: '.vscode/mcp.json', line: 1 }]);
  });

  test('knows what git tracks and ignores, and the file’s mode', async () => {
    const directory = await project({ '.env': 'PORT=1\n', '.gitignore': '.env\n', 'package.json': '{}' });
    await chmod(join(directory, '.env'), 0o640);
    const gitState = async () => {
      const fact = await gatherProject(directory, {});
      return fact.known ? fact.value.envFiles[0] : undefined;
    };
    expect((await gitState())?.git).toBeUndefined();
    const git = (...args: string[]) => execFileSync('git', args, { cwd: directory, stdio: 'ignore' });
    git('init');
    expect(await gitState()).toMatchObject({ git: { tracked: false, ignored: true }, mode: 0o640 });
    git('add', '--force', '.env');
    // Git ignores no file that it tracks, but .gitignore does name it.
    expect((await gitState())?.git).toEqual({ tracked: true, ignored: true });
  });

  test.each([
    ['packages that a workspace keeps above it', 'node_modules/dotenv/package.json', '17.0.1'],
    ['packages without a folder (Yarn’s Plug’n’Play)', '.pnp.cjs', undefined],
    ['nothing above it', 'README.md', undefined],
  ])('understands a project in a monorepo: %s', async (_, file, version) => {
    const directory = await project({
      [file]: '{"version": "17.0.1"}',
      'packages/todo/package.json': '{"dependencies": {"dotenv": "^17.0.0"}}',
    });
    const fact = await gatherProject(join(directory, 'packages/todo'), {});
    expect(fact.known && fact.value.packages[0]?.version).toBe(version);
    expect(fact.known && fact.value.installed).toBe(file !== 'README.md');
  });

  test.each([
    ['a folder', async (path: string) => void (await mkdir(path)), 'it is not a file'],
    ['too large', (path: string) => writeFile(path, 'x'.repeat(300 * 1024)), 'it is larger than 256 KB'],
  ])('says why .env cannot be read: %s', async (_, make, unreadable) => {
    const directory = await project({ 'package.json': '{}' });
    await make(join(directory, '.env'));
    const fact = await gatherProject(directory, {});
    expect(fact.known && fact.value.envFiles).toMatchObject([{ file: '.env', lines: [], unreadable }]);
  });

  test.each(['{', '[]', '{"ignore": {}}', '{"ignore": [{"kode": "SKM108"}]}'])(
    'says that the list of ignored codes cannot be read: %s',
    async (text) => {
      const facts = await factsOf({ 'package.json': '{}', 'scalekit-doctor.json': text });
      expect(facts.ignoresProblem).toBeTruthy();
    },
  );

  test('reads reasons for ignoring, and notices missing ones', async () => {
    const ignore = [{ code: 'SKM112', reason: ' a tunnel ' }, { code: 'SKM333' }, 'nonsense'];
    const { ignores } = await factsOf({
      'package.json': '{}',
      'scalekit-doctor.json': JSON.stringify({ ignore }),
    });
    expect(ignores).toEqual([
      { code: 'SKM112', reason: 'a tunnel' },
      { code: 'SKM333', reason: '' },
    ]);
  });

  test('finds no project in an empty folder, and does not search subfolders', async () => {
    const directory = await project({ 'somewhere/else/server.py': 'print()\n', 'notes.md': '' });
    expect(await gatherProject(directory, {})).toMatchObject({ known: false });
  });
});
