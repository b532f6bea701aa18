import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { noFacts, type ProjectFacts } from '../../src/doctor/facts/index.ts';
import { gatherProject } from '../../src/doctor/gather/project/project.ts';
import { serversIn } from '../../src/doctor/gather/workspace.ts';
import { everything } from '../../src/doctor/selection.ts';
import { startCauseOf } from '../../src/doctor/start-causes.ts';
import { fastMcpServer } from '../support/fastmcp.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Projects written by others, as files on disk: what is read from them, and what is found. */

type Files = Readonly<Record<string, string>>;

async function folder(files: Files): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text, { mode: 0o600 });
  }
  return directory;
}

async function read(files: Files): Promise<ProjectFacts> {
  const fact = await gatherProject(await folder(files), {});
  if (!fact.known) throw new Error(fact.why);
  return fact.value;
}

/** The codes above advice that the files alone lead to, the cause first. */
async function codesOf(files: Files): Promise<readonly string[]> {
  const facts = { ...noFacts('Nothing was asked'), project: await gatherProject(await folder(files), {}) };
  const { results } = diagnose(facts, { selection: everything, failOn: 'error' });
  return results
    .filter(({ state, level }) => state === 'found' && level !== 'advice')
    .map(({ code }) => code);
}

const npm = (dependencies: Files, scripts: Files = {}) =>
  JSON.stringify({ name: 'x', type: 'module', scripts, dependencies });

const metadata = JSON.stringify({
  authorization_servers: ['https://acme.scalekit.dev/resources/res_1'],
  resource: 'http://localhost:3002/',
  scopes_supported: ['a:b'],
});

const env =
  'PORT=3002\nSCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_RESOURCE_ID=res_1\nMCP_URL=http://localhost:3002/\n';

const fastmcp = fastMcpServer();

const python = (server: string): Files => ({
  '.env': env,
  'requirements.txt': 'fastmcp==4.2.3\npython-dotenv\n',
  'server.py': server,
});

const express = `import express from 'express';
process.loadEnvFile();
const app = express();
app.post('/mcp', (req, res) => transport.handleRequest(req, res));
new StreamableHTTPServerTransport();
const resource = process.env.MCP_URL;
const env = process.env.SCALEKIT_ENVIRONMENT_URL + process.env.SCALEKIT_RESOURCE_ID;
app.listen(process.env.PORT ?? 3002);
`;

describe('a right project of each framework has no finding above advice', () => {
  test.each<readonly [string, Files]>([
    ['FastMCP', python(fastmcp)],
    [
      'the Python SDK',
      {
        '.env': env,
        'requirements.txt': 'mcp>=1.23\npython-dotenv\n',
        'server.py': fastmcp
          .replace('from fastmcp import FastMCP', 'from mcp.server.fastmcp import FastMCP')
          .replace('transport="http"', 'transport="streamable-http"'),
      },
    ],
    [
      'FastAPI',
      {
        '.env': env,
        'requirements.txt': 'fastapi\nfastmcp==4.2.3\npython-dotenv\n',
        'main.py': fastmcp.replace(
          /if __name__[\s\S]*/,
          'app = FastAPI(lifespan=mcp_app.lifespan)\napp.mount("/", mcp.http_app(path="/mcp"))\n',
        ),
      },
    ],
    [
      'Express with SDK v1',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ express: '^5', '@modelcontextprotocol/sdk': '^1.32.0' }),
        'index.js': express,
      },
    ],
    [
      'Hono with SDK v2',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ hono: '^4', '@modelcontextprotocol/server': '^2.4.0' }),
        'index.ts': express.replaceAll('express', 'hono'),
      },
    ],
    [
      'Skybridge',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ skybridge: '^0.35.0', express: '^5' }),
        'src/server.ts': express,
      },
    ],
    [
      'mcp-use',
      {
        '.env': env.replace('3002/', '3002'),
        'node_modules/.keep': '',
        'package.json': npm({ 'mcp-use': '^2.5.0' }),
        'src/server.ts': express,
      },
    ],
    [
      'Next, which reads .env.local by itself',
      {
        '.env.local': env,
        'node_modules/.keep': '',
        'package.json': npm({ next: '^16', 'mcp-handler': '^1' }, { dev: 'next dev', start: 'next start' }),
        'app/api/[transport]/route.ts':
          "import { createMcpHandler } from 'mcp-handler';\nconst handler = createMcpHandler(() => {}, {}, { basePath: '/api' });\nprocess.env.SCALEKIT_ENVIRONMENT_URL;\nprocess.env.SCALEKIT_RESOURCE_ID;\nexport { handler as GET, handler as POST };\n",
      },
    ],
    [
      'pydantic’s settings',
      {
        '.env': env,
        'requirements.txt': 'fastmcp==4.2.3\npydantic-settings\n',
        'server.py':
          'from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom fastmcp import FastMCP\n\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n    SCALEKIT_ENVIRONMENT_URL: str\n    SCALEKIT_RESOURCE_ID: str\n\n\nsettings = Settings()\nmcp = FastMCP("x")\nmcp.run(transport="http", port=3002)\n',
      },
    ],
    [
      'Poetry, with the source in a folder',
      {
        '.env': env,
        'pyproject.toml': '[tool.poetry.dependencies]\nfastmcp = "^4.0"\npython-dotenv = "*"\n',
        'src/todo/server.py': fastmcp,
      },
    ],
    [
      'values with spaces around, quotes, `export` and Windows line ends',
      {
        '.env': env
          .replaceAll('=', ' = ')
          .replace(/^(\w+ = )(res_1)$/m, "export $1'$2'")
          .replaceAll('\n', '\r\n'),
        'node_modules/.keep': '',
        'package.json': npm({ express: '^5', '@modelcontextprotocol/sdk': '^1.32.0' }),
        'index.js': express,
      },
    ],
    [
      'xmcp',
      {
        '.env': env.replace('3002/', '3002'),
        'node_modules/.keep': '',
        'package.json': npm({ xmcp: '^1.1.0' }),
        'src/middleware.ts':
          'export default scalekitProvider({ environmentUrl: process.env.SCALEKIT_ENVIRONMENT_URL });\n',
      },
    ],
    [
      'mcp-framework',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ 'mcp-framework': '^0.2.22' }),
        'src/index.ts': `import 'dotenv/config';\nnew MCPServer({ transport: { type: 'http-stream', options: { port: 3002 } } });\nprocess.env.SCALEKIT_RESOURCE_ID;\n`,
      },
    ],
    [
      'Scalekit’s own demos, by their names of variables',
      {
        '.env': `PORT=3002\nSK_ENV_URL=https://acme.scalekit.dev\nSK_CLIENT_ID=skc_1\nMCP_SERVER_ID=res_1\nEXPECTED_AUDIENCE=res_1\nPROTECTED_RESOURCE_METADATA='${metadata}'\n`,
        'node_modules/.keep': '',
        'package.json': npm({ express: '^5', '@modelcontextprotocol/sdk': '^1.32.0', dotenv: '^16.0.0' }),
        'src/index.js':
          "import 'dotenv/config';\nprocess.env.SK_ENV_URL; process.env.MCP_SERVER_ID; process.env.PROTECTED_RESOURCE_METADATA;\nnew StreamableHTTPServerTransport();\n",
      },
    ],
  ])('%s', async (_, files) => {
    expect(await codesOf(files)).toEqual([]);
  });
});

describe('what is wrong with it is named, the cause first', () => {
  const constructed = fastmcp.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,');
  test.each<readonly [string, Files, readonly string[]]>([
    ['stateless_http in the constructor', python(constructed), ['SKM154']],
    [
      'the same in a comment',
      python(fastmcp.replace('"Todo Server",', '"Todo Server",  # stateless_http=True,')),
      [],
    ],
    [
      'stateless_http where it belongs',
      python(fastmcp.replace('transport="http"', 'transport="http", stateless_http=True')),
      [],
    ],
    ['load_dotenv() deleted, its import kept', python(fastmcp.replace('load_dotenv()\n', '')), ['SKM113']],
    [
      'load_dotenv() in a comment',
      python(fastmcp.replace('load_dotenv()\n', '# load_dotenv()\n')),
      ['SKM113'],
    ],
    [
      'load_dotenv() too late',
      python(fastmcp.replace('load_dotenv()\n', '').replace('    mcp.run', '    load_dotenv()\n    mcp.run')),
      ['SKM155'],
    ],
    ['no transport', python(fastmcp.replace(/mcp\.run\(.*\)/, 'mcp.run()')), ['SKM156']],
    ['SSE', python(fastmcp.replace('"http"', '"sse"')), ['SKM157']],
    [
      'curly quotes and a missing scheme, each by itself',
      { ...python(fastmcp), '.env': env.replace('https://acme', 'acme').replace('res_1', '“res_1”') },
      ['SKM104', 'SKM118'],
    ],
    [
      'env.example alone',
      { 'env.example': env, 'requirements.txt': 'fastmcp==4.2.3\n', 'server.py': fastmcp },
      ['SKM101'],
    ],
    [
      'Scalekit’s own site, and the issuer, in place of the environment',
      {
        ...python(fastmcp),
        '.env': env.replace('https://acme.scalekit.dev', 'https://app.scalekit.com/ws/environments/env_1'),
      },
      ['SKM104'],
    ],
    [
      'an invisible character before the id',
      { ...python(fastmcp), '.env': env.replace('res_1', '\u200Bres_1') },
      ['SKM105'],
    ],
    [
      'brackets of the placeholder around the id',
      { ...python(fastmcp), '.env': env.replace('res_1', '<res_1>') },
      ['SKM103'],
    ],
    [
      'the address to listen on, as the one to connect to',
      { ...python(fastmcp), '.env': env.replace('localhost', '0.0.0.0') },
      ['SKM110'],
    ],
    [
      'three at once: a swapped id, no scheme, and another port',
      {
        ...python(fastmcp),
        '.env': env
          .replace('res_1', 'skc_1')
          .replace('https://acme', 'acme')
          .replace('localhost:3002', 'localhost:3003'),
      },
      ['SKM104', 'SKM105', 'SKM112'],
    ],
    [
      'MCPServer of the Python SDK, with an argument of before',
      {
        '.env': env,
        'requirements.txt': 'mcp>=2\npython-dotenv\n',
        'server.py': fastmcp
          .replace('from fastmcp import FastMCP', 'from mcp.server.mcpserver import MCPServer')
          .replace('FastMCP(', 'MCPServer(\n    stateless_http=True,')
          .replace('transport="http"', 'transport="streamable-http"'),
      },
      ['SKM154'],
    ],
    [
      'a file in UTF-16',
      { ...python(fastmcp), '.env': [...env].map((character) => `${character}\0`).join('') },
      ['SKM101'],
    ],
    [
      'an issuer with another version, and the wrong port',
      {
        ...python(fastmcp.replace('"3002"', '"3009"')),
        'requirements.txt': 'fastmcp==3.4.8\npython-dotenv\n',
        '.env': env.replace('PORT=3002\n', ''),
      },
      ['SKM112', 'SKM134'],
    ],
    [
      'three at once: the constructor, the transport and a swapped pair',
      {
        ...python(constructed.replace('"http"', '"sse"')),
        '.env': `${env.replace('res_1', 'skc_1')}SCALEKIT_CLIENT_ID=res_1\n`,
      },
      ['SKM107', 'SKM154', 'SKM157'],
    ],
    [
      'a broken file of Claude Code’s',
      { ...python(fastmcp), '.mcp.json': '{"mcpServers": {"a": {"url": "http://localhost:3002/mcp"},}}' },
      ['SKM145'],
    ],
    [
      'a comment in VS Code’s file is none',
      {
        ...python(fastmcp),
        '.vscode/mcp.json':
          '{ // ours\n"servers": {"a": {"type": "http", "url": "http://localhost:3002/mcp"},}}',
      },
      [],
    ],
    [
      'Gemini’s url',
      {
        ...python(fastmcp),
        '.gemini/settings.json': '{"mcpServers": {"a": {"url": "http://localhost:3002/mcp"}}}',
      },
      ['SKM146'],
    ],
  ])('%s', async (_, files, codes) => {
    expect(await codesOf(files)).toEqual(codes);
  });

  test('a value is never made up', async () => {
    const values = [
      '“https://acme.scalekit.dev”',
      'acme',
      'http-ish thing',
      'localhost:5741',
      'acme.scalekit.dev/path',
    ];
    const expected = await Promise.all(
      values.map(async (value) => {
        const project = await gatherProject(
          await folder({ ...python(fastmcp), '.env': env.replace('https://acme.scalekit.dev', value) }),
          {},
        );
        const { results } = diagnose(
          { ...noFacts('x'), project },
          { selection: everything, failOn: 'error' },
        );
        return results.flatMap(({ edits = [] }) =>
          edits.flatMap((edit) => (edit.kind === 'set-variable' ? [edit.value] : [])),
        );
      }),
    );
    expect(expected).toEqual([
      ['https://acme.scalekit.dev'],
      [],
      [],
      ['http://localhost:5741'],
      ['https://acme.scalekit.dev'],
    ]);
  });
});

describe('what is read of it', () => {
  test('ports of compose lead from one to the other, so nothing is at odds', async () => {
    const compose = 'services:\n  todo:\n    ports:\n      - "8080:3002"\n';
    const files = {
      ...python(fastmcp),
      'compose.yaml': compose,
      '.env': env.replace('localhost:3002/', 'localhost:8080/'),
    };
    expect(await codesOf(files)).toEqual([]);
    expect((await read(files)).publishedPorts).toMatchObject([{ published: 8080, container: 3002, line: 4 }]);
  });

  test('a virtual environment by any name', async () => {
    const files = {
      ...python(fastmcp),
      'requirements.txt': 'fastmcp\n',
      'my-env/pyvenv.cfg': 'home = /usr\n',
      'my-env/lib/python3.12/site-packages/fastmcp-4.1.0.dist-info/METADATA': '',
    };
    expect((await read(files)).packages).toMatchObject([{ name: 'fastmcp', version: '4.1.0' }]);
  });

  test('how it is started, where it is served, at which port', async () => {
    expect(
      await read(python(fastmcp.replace('transport="http"', 'transport="http", path="/api/mcp"'))),
    ).toMatchObject({
      framework: 'fastmcp',
      startCommand: 'python server.py',
      paths: ['/api/mcp'],
      sourcePort: { text: '3002', line: 20 },
    });
  });

  test.each([
    ['nothing is built', {}, 'npm run dev'],
    ['something else is built there', { 'dist/compiled/src/main.js': '' }, 'npm run dev'],
    ['it is built', { 'dist/src/main.js': '' }, 'npm start'],
  ])('the command that starts it: %s', async (_, built, command) => {
    const scripts = { start: 'node --enable-source-maps dist/src/main.js', dev: 'scalekit-mcp dev' };
    const files = { 'package.json': JSON.stringify({ name: 'todo', scripts }), ...built };
    expect((await read(files)).startCommand).toBe(command);
  });

  test('what was ejected, and from which release', async () => {
    const ejected = { version: '0.1.0', folder: 'src/protect', dependencies: { jose: '6.1.0' } };
    const files = {
      'package.json': npm({ 'scalekit-mcp': '^0.1.0' }),
      'src/protect/index.ts': '',
      '.scalekit-mcp.json': JSON.stringify({ version: '0.1.0', ejected }),
    };
    expect(await read(files)).toMatchObject({
      kind: 'generated',
      ejected: { version: '0.1.0', folder: 'src/protect' },
    });
    expect((await read({ ...files, '.scalekit-mcp.json': '{' })).ejected).toBeUndefined();
  });

  test('the settings of a workspace, where the source of a package names them', async () => {
    const root = await folder({
      '.env': env,
      'packages/api/package.json': npm({ express: '^5', '@modelcontextprotocol/sdk': '^1.32.0' }),
      'packages/api/index.js': express.replace('loadEnvFile()', "loadEnvFile('../../.env')"),
      'packages/other/package.json': npm({ express: '^5' }),
      'packages/other/index.js': express,
    });
    const at = async (name: string) => {
      const fact = await gatherProject(join(root, 'packages', name), {});
      return fact.known ? fact.value.envFiles.map(({ file }) => file) : fact.why;
    };
    expect(await at('api')).toEqual(['../../.env']);
    expect(await at('other')).toEqual([]);
  });

  test('which packages of a workspace are MCP servers', async () => {
    const root = await folder({
      'package.json': JSON.stringify({ workspaces: ['packages/*'] }),
      'packages/api/package.json': npm({ '@modelcontextprotocol/server': '^2' }),
      'packages/web/package.json': npm({ react: '^19' }),
      'packages/py/pyproject.toml': '[project]\ndependencies = ["fastmcp>=4"]\n',
    });
    expect(await serversIn(root)).toEqual(['packages/api', 'packages/py']);
    expect(await serversIn(join(root, 'packages/api'))).toEqual([]);
  });
});

describe('why a program has not started', () => {
  test.each([
    [
      'TypeError: FastMCP() no longer accepts `stateless_http`. Pass `stateless_http` to `run_http_async()`',
      /no longer takes stateless_http/,
    ],
    ['Error: listen EADDRINUSE: address already in use :::3002', /its port is taken/],
    [
      "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 3002): address already in use",
      /its port is taken/,
    ],
    ["ModuleNotFoundError: No module named 'dotenv'", /dotenv is not there/],
    [
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /app/index.js",
      /express is not there/,
    ],
    [
      '  File "/app/server.py", line 12\n    def f( -> dict:\n           ^\nSyntaxError: invalid syntax',
      /syntax error/,
    ],
    ["KeyError: 'SCALEKIT_ENVIRONMENT_URL'", /SCALEKIT_ENVIRONMENT_URL is not set/],
    ['ValueError: Either base_url or mcp_url must be provided', /without its settings/],
    ['error: MCP_URL is missing', /MCP_URL is not right/],
    ['src/index.ts(4,7): error TS2322: Type X is not assignable', /does not compile/],
    ['Error: getaddrinfo ENOTFOUND x86_64-conda-linux-gnu', /no host x86_64-conda-linux-gnu/],
    ['npm error Missing script: "start"', /no such script/],
  ])('%s', (said, title) => {
    expect(startCauseOf(said)?.title).toMatch(title);
  });

  test('nothing is made of words that nobody knows', () => {
    expect(startCauseOf('Listening on port 3002')).toBeUndefined();
  });
});
