import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gatherProject } from '../../src/doctor/gather/project/project.ts';
import { serversIn } from '../../src/doctor/gather/workspace.ts';
import { codesOf, env, express, fastmcp, folder, npm, python, read } from './others-project.ts';

/** What is read from projects written by others. */

describe('what is read from a project', () => {
  test('port mappings of compose are followed, so the ports agree', async () => {
    const compose = 'services:\n  todo:\n    ports:\n      - "8080:3002"\n';
    const files = {
      ...python(fastmcp),
      'compose.yaml': compose,
      '.env': env.replace('localhost:3002/', 'localhost:8080/'),
    };
    expect(await codesOf(files)).toEqual([]);
    expect((await read(files)).publishedPorts).toMatchObject([{ published: 8080, container: 3002, line: 4 }]);
  });

  test('recognises a virtual environment of any name', async () => {
    const files = {
      ...python(fastmcp),
      'requirements.txt': 'fastmcp\n',
      'my-env/pyvenv.cfg': 'home = /usr\n',
      'my-env/lib/python3.12/site-packages/fastmcp-4.1.0.dist-info/METADATA': '',
    };
    expect((await read(files)).packages).toMatchObject([{ name: 'fastmcp', version: '4.1.0' }]);
  });

  test('reads how it is started, at which path and port it serves', async () => {
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
  ])('finds the command that starts it: %s', async (_, built, command) => {
    const scripts = { start: 'node --enable-source-maps dist/src/main.js', dev: 'scalekit-mcp dev' };
    const files = { 'package.json': JSON.stringify({ name: 'todo', scripts }), ...built };
    expect((await read(files)).startCommand).toBe(command);
  });

  test('knows what was ejected, and from which release', async () => {
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

  test('reads the settings of a workspace, if the source of a package names the file', async () => {
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

  test('finds the packages of a workspace that are MCP servers', async () => {
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
