import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { noFacts } from '../../src/doctor/facts/index.ts';
import { gatherProject } from '../../src/doctor/gather/project/project.ts';
import { isOtherLanguage, serversBelow, serversIn } from '../../src/doctor/gather/workspace.ts';
import { everything } from '../../src/doctor/selection.ts';
import { env, type Files, folder, python, fastmcp as server } from './others-project.ts';

/** Where projects of others keep their settings and start their servers, and which of their files are run. */

async function found(directory: string) {
  const facts = { ...noFacts('Nothing was asked'), project: await gatherProject(directory, {}) };
  const { results } = diagnose(facts, { selection: everything, failOn: 'error' });
  return results.filter(({ state, level }) => state === 'found' && level !== 'advice');
}

const requirements = 'fastmcp==4.2.3\npython-dotenv\n';
const stdio = server.replace(/mcp\.run\([^\n]*/, 'mcp.run()');
const project = python(server);

const load = (where: string) => server.replace('load_dotenv()', `load_dotenv(${where})`);
const node = (source: string, scripts: Files = {}): Files => ({
  'package.json': JSON.stringify({ name: 'x', type: 'module', scripts, dependencies: { express: '5' } }),
  'node_modules/express/package.json': '{"version":"5.1.0"}',
  'index.js': `import express from 'express';\n${source}\nconst app = express();\napp.post('/mcp', (req, res) => new StreamableHTTPServerTransport());\nconst all = process.env.SCALEKIT_ENVIRONMENT_URL + process.env.SCALEKIT_RESOURCE_ID + process.env.MCP_URL;\n`,
});

describe('no finding above advice', () => {
  test.each<readonly [string, Files]>([
    [
      '.env in a folder that load_dotenv names',
      { ...project, '.env': '', 'config/.env': env, 'server.py': load('"config/.env"') },
    ],
    [
      '.env in a folder that dotenv’s config names',
      { ...node("import { config } from 'dotenv';\nconfig({ path: 'config/.env' });"), 'config/.env': env },
    ],
    [
      '.env that node --env-file names',
      { ...node('', { start: 'node --env-file=config/.env index.js' }), 'config/.env': env },
    ],
    ['direnv', { ...node(''), '.envrc': env.replaceAll(/^/gm, 'export ').replace(/export $/, '') }],
    [
      'an env_file of compose',
      {
        ...node(''),
        'compose.yaml': 'services:\n  mcp:\n    env_file:\n      - ./config/prod.env\n',
        'config/prod.env': env,
      },
    ],
    [
      'stdio in the source, http in fastmcp.json',
      { ...project, 'server.py': stdio, 'fastmcp.json': '{"deployment": {"transport": "http"}}' },
    ],
    [
      'stdio in the source, http in a Makefile',
      { ...project, 'server.py': stdio, Makefile: 'run:\n\tfastmcp run server.py --transport http\n' },
    ],
    [
      'an older server beside the one that is run',
      { ...project, 'server_old.py': server.replace('FastMCP(', 'FastMCP(stateless_http=True, ') },
    ],
    [
      'a placeholder where a scope would be',
      { ...project, 'tool.py': 'error = _require_scope("<scope>")\n' },
    ],
    ['examples, which are not run', { ...project, 'examples/a.py': 'error = _require_scope("no-scope")\n' }],
    [
      'an older FastMCP whose own verifier knows both issuers',
      {
        ...project,
        'requirements.txt': 'fastmcp==3.4.8\npython-dotenv\n',
        'server.py': server
          .replace(
            'auth=ScalekitProvider(',
            'auth=RemoteAuthProvider(token_verifier=JWTVerifier(issuer=[os.getenv("SCALEKIT_ENVIRONMENT_URL"), "b"]), ',
          )
          .replace(/^from fastmcp.server.auth.providers.scalekit.*$/m, ''),
      },
    ],
  ])('%s', async (_, files) => {
    const { ['.env']: own, ...others } = files;
    const directory = await folder(own === '' ? others : files);
    expect((await found(directory)).map(({ code, actual }) => `${code} ${actual}`)).toEqual([]);
  });

  test('.env above the folder, where python-dotenv finds it', async () => {
    const { '.env': own, ...others } = project;
    const below = Object.entries(others).map(([file, text]) => [`services/todo/${file}`, text]);
    const directory = await folder({ '.env': own ?? '', ...Object.fromEntries(below) });
    expect((await found(join(directory, 'services/todo'))).map(({ code }) => code)).toEqual([]);
  });
});

test('a server beside another program is not taken for one that is not run', async () => {
  const directory = await folder({
    ...project,
    'api.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
    'server.py': server.replace('FastMCP(', 'FastMCP(stateless_http=True, '),
  });
  expect((await found(directory)).map(({ code }) => code)).toEqual(['SKM154']);
});

describe('a name that the program does not read', () => {
  test.each([
    [
      'misspelt',
      env.replace('SCALEKIT_RESOURCE_ID', 'SCALEKIT_RESSOURCE_ID'),
      'SCALEKIT_RESOURCE_ID',
      'SCALEKIT_RESSOURCE_ID',
    ],
    [
      'with two letters exchanged',
      env.replace('SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_ENVIRONEMNT_URL'),
      'SCALEKIT_ENVIRONMENT_URL',
      'SCALEKIT_ENVIRONEMNT_URL',
    ],
    [
      'of another guide',
      env.replace('SCALEKIT_ENVIRONMENT_URL', 'SK_ENV_URL'),
      'SCALEKIT_ENVIRONMENT_URL',
      'SK_ENV_URL',
    ],
  ])('%s', async (_, text, asked, name) => {
    const [first, ...more] = await found(await folder({ ...project, '.env': text }));
    expect(more).toEqual([]);
    expect(first).toMatchObject({ code: 'SKM102', subject: { variable: asked } });
    expect(first?.fix).toMatch(new RegExp(`^Write ${asked} instead of ${name} in \\.env, line \\d\\.$`));
    expect(first?.edits).toEqual([{ kind: 'replace', file: '.env', before: `${name}=`, after: `${asked}=` }]);
  });

  test('is none if the program reads it as well', async () => {
    const source = server.replace(
      'os.getenv("MCP_URL")',
      'os.getenv("MCP_BASE_URL") or os.getenv("MCP_URL")',
    );
    expect(await found(await folder({ ...project, 'server.py': source }))).toEqual([]);
  });
});

test('the transport of a client is mended together with its URL', async () => {
  const entry = '{"servers": {"todo": {"type": "sse", "url": "http://localhost:3002/sse"}}}';
  const results = await found(await folder({ ...project, '.vscode/mcp.json': entry }));
  expect(results.map(({ code }) => code).sort()).toEqual(['SKM142', 'SKM146']);
  expect(results.flatMap(({ edits }) => edits ?? [])).toContainEqual({
    kind: 'replace',
    file: '.vscode/mcp.json',
    before: '"type": "sse"',
    after: '"type": "http"',
  });
});

describe('which folder is meant', () => {
  test('the MCP server of a workspace of uv', async () => {
    const directory = await folder({
      'pyproject.toml': '[project]\nname = "acme"\n\n[tool.uv.workspace]\nmembers = ["packages/*"]\n',
      'packages/api/pyproject.toml': '[project]\nname = "api"\ndependencies = ["fastapi"]\n',
      'packages/mcp/pyproject.toml': '[project]\nname = "x"\ndependencies = ["fastmcp>=4"]\n',
    });
    expect(await serversIn(directory)).toEqual(['packages/mcp']);
  });

  test('servers below a folder that is no project', async () => {
    const directory = await folder({
      'servers/notes/requirements.txt': requirements,
      'servers/todo/requirements.txt': requirements,
      'site/package.json': '{}',
    });
    expect(await serversBelow(directory)).toEqual(['servers/notes', 'servers/todo']);
  });

  test.each(['pom.xml', 'Todo.csproj', 'Cargo.toml', 'build.gradle.kts'])(
    '%s: another language',
    async (file) => {
      expect(await isOtherLanguage(await folder({ [file]: '' }))).toBe(true);
    },
  );
});
