import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { callTool } from '../../security/call.ts';
import { makePythonProject } from '../../security/project.ts';
import { prepareGround, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { run } from '../../support/program.ts';
import { ownProject } from './own.ts';

/** `Scopes(SCOPES, base=…, implied=…)`, as `defineScopes` has it in TypeScript. */
describe.skipIf(lacks('scopes in Python', pythonNeeds))('scopes in Python', () => {
  let project: string;
  beforeAll(async () => {
    project = await makePythonProject('todo');
  });

  const withOptions = async (options: string) => {
    const text = await readFile(join(project, 'scopes.py'), 'utf8');
    return ownProject(project, { 'scopes.py': text.replace('Scopes(SCOPES)', `Scopes(SCOPES, ${options})`) });
  };

  test('that include others let a token do what these allow, and challenges follow', async () => {
    const own = await withOptions('base=["todo:read"], implied={"todo:write": ["todo:read"]}');
    const { emulator, server, close } = await prepareGround(own, { env: unlimited });
    onTestFinished(close);
    const call = async (scopes: readonly string[], tool: string, args = {}) =>
      callTool(server.endpoint, await emulator.mint({ scopes }), tool, args);
    expect((await call(['todo:write'], 'list_todos')).status).toBe(200);
    expect((await call(['todo:read'], 'list_todos')).status).toBe(200);
    const refused = await call(['todo:read', 'other:scope'], 'create_todo', { title: 'Walk' });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('scope="todo:read todo:write"');
    const none = await callTool(server.endpoint, undefined, 'list_todos');
    expect(none.headers.get('www-authenticate'), 'what clients ask for first').toContain('scope="todo:read"');
    const metadata = await (
      await fetch(new URL('/.well-known/oauth-protected-resource', server.endpoint))
    ).json();
    expect(metadata).toMatchObject({ scopes_supported: ['todo:read', 'todo:write'] });
  });

  test.each([
    'base=["todo:raed"]',
    'implied={"todo:write": ["todo:raed"]}',
    'implied={"todo:raed": ["todo:read"]}',
  ])('that are misspelt keep the server from starting: %s', async (options) => {
    const own = await withOptions(options);
    const { code, stderr } = await run(join(own, '.venv/bin/python'), ['-c', 'import scopes'], { cwd: own });
    expect(code).toBe(1);
    expect(stderr).toContain('The scope `todo:raed` is not in scopes.py. Expected: todo:read, todo:write');
  });
});
