import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { emulatorPort, serverUrls } from '../../src/scalekit/index.ts';
import { GeneratedProject, stopServer } from '../support/generated.ts';
import { McpClient, type OfficialClient, officialClients, scopesAsked } from '../support/mcp-client.ts';
import { isTaken } from '../support/ports.ts';
import type { Program } from '../support/program.ts';
import { until } from '../support/waiting.ts';

/** @returns the length of all files of a directory together, in bytes. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

interface Kind {
  readonly title: string;
  readonly options: readonly string[];
  /** The name that the server has to show. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tools: readonly string[];
  /** A scope, a tool that it is enough for, and one that needs another scope. */
  readonly narrow: string;
  readonly allowed: string;
  readonly denied: { readonly tool: string; readonly scope: string; readonly args: Record<string, unknown> };
}

const oddName = `Bob’s "quoted" \`ticks\` \${x} {{y}} \\ </script> 🗒️ قائمة`;

const kinds: readonly Kind[] = [
  {
    title: 'the todo server',
    options: ['--name', 'Todo MCP'],
    name: 'Todo MCP',
    scopes: ['todo:read', 'todo:write'],
    tools: ['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'],
    narrow: 'todo:read',
    allowed: 'list_todos',
    denied: { tool: 'create_todo', scope: 'todo:write', args: { title: 'Buy milk' } },
  },
  {
    title: 'the todo server with scopes of another name',
    options: ['--name', 'Tasks', '--scopes', 'team:tasks:write team:tasks:read audit'],
    name: 'Tasks',
    scopes: ['team:tasks:write', 'team:tasks:read', 'audit'],
    tools: ['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'],
    narrow: 'team:tasks:read',
    allowed: 'list_todos',
    denied: { tool: 'create_todo', scope: 'team:tasks:write', args: { title: 'Buy milk' } },
  },
  {
    title: 'a blank server with an odd name',
    options: [
      '--template',
      'blank',
      '--name',
      oddName,
      '--scopes',
      'notes:read,Notes_Admin,x,toString,__proto__',
    ],
    name: oddName,
    // The last two are names that every JavaScript object has something under.
    scopes: ['notes:read', 'Notes_Admin', 'x', 'toString', '__proto__'],
    tools: ['notes_read', 'notes_admin', 'x', 'tostring', 'proto'],
    narrow: 'notes:read',
    allowed: 'notes_read',
    denied: { tool: 'notes_admin', scope: 'Notes_Admin', args: {} },
  },
];

describe.each(kinds)('$title', (kind) => {
  let project: GeneratedProject;
  beforeAll(async () => {
    project = await GeneratedProject.make(kind.options);
  });
  afterAll(() => project?.remove());

  test('was installed and checked while it was made', () => {
    for (const result of ['Installed with npm', 'The server starts', 'A call without a token is refused'])
      expect(project.made.stdout).toContain(`✓ ${result}`);
    expect(project.made.stdout).not.toMatch(/✗|could not/);
    expect(project.made.stdout).toContain(project.endpoint);
    expect(project.made.stderr).toBe('');
  });

  test.each([
    ['typecheck', /tsc --noEmit\n\s*$/],
    ['build', /tsc\n\s*$/],
    ['lint', /Found 0 warnings and 0 errors/],
  ])('npm run %s', async (script, says) => {
    const { code, stdout, stderr } = await project.npm('run', script);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(says);
  });

  test('npm test, offline', async () => {
    const { code, stdout, stderr } = await project.npm('test', '--offline');
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^# fail 0$|^ℹ fail 0$/m);
    expect(stdout).not.toMatch(/^(?:#|ℹ) (?:skipped|todo|cancelled) [1-9]/m);
  });

  describe('in production, with a local Scalekit', () => {
    let scalekit: Emulator;
    let server: Program;
    beforeAll(async () => {
      expect((await project.npm('run', 'build')).code).toBe(0);
      scalekit = await project.startScalekit(kind.scopes);
      server = await project.startServer();
    });
    afterAll(async () => {
      if (server) await stopServer(server);
      await scalekit?.close();
    });

    test('shows its name exactly, and its scopes', async () => {
      const metadata = await project.metadata();
      expect(metadata).toMatchObject({ resource: project.endpoint, resource_name: kind.name });
      expect([...metadata.scopes_supported].sort()).toEqual([...kind.scopes].sort());
    });

    describe.each(officialClients)('with $title', (official) => {
      const open = async (person: ConstructorParameters<typeof McpClient>[2]) => {
        const client = new McpClient(official as OfficialClient, project.endpoint, person);
        onTestFinished(() => client.close());
        await client.connect();
        return client;
      };

      test('walks from the URL to a tool, and calls it twice', async () => {
        const client = await open({});
        expect(client.destinations).toHaveLength(1);
        expect(
          scopesAsked(client.destinations[0])
            .filter((scope) => scope !== 'offline_access')
            .sort(),
        ).toEqual([...kind.scopes].sort());
        expect(client.protocolVersion).toBe(official.version);
        expect(client.serverName).toBe(kind.name);
        expect([...(await client.toolNames())].sort()).toEqual([...kind.tools].sort());
        for (const _ of [1, 2]) expect((await client.callTool(kind.allowed)).isError ?? false).toBe(false);
        expect(client.destinations, 'nobody was asked again').toHaveLength(1);
      });

      test('is refused where its scopes do not reach, asks for more, and gets on', async () => {
        const client = await open({ grants: [kind.narrow] });
        expect((await client.callTool(kind.allowed)).isError ?? false).toBe(false);
        client.person = {};
        const result = await client.callTool(kind.denied.tool, kind.denied.args);
        expect(result.isError ?? false).toBe(false);
        expect(client.destinations).toHaveLength(2);
        expect(scopesAsked(client.destinations[1])).toEqual(
          expect.arrayContaining([kind.narrow, kind.denied.scope]),
        );
      });

      test('keeps its token over a restart of the server', async () => {
        const client = await open({});
        const { token } = client;
        await stopServer(server);
        server = await project.startServer();
        expect((await client.callTool(kind.allowed)).isError ?? false, 'on the same connection').toBe(false);
        await client.reconnect();
        expect((await client.callTool(kind.allowed)).isError ?? false, 'on a new one').toBe(false);
        expect(client.token).toBe(token);
        expect(client.destinations).toHaveLength(1);
      });
    });

    test('a read-only token gets 403 with all that is needed, before the tool runs', async () => {
      const token = await scalekit.mint({ scopes: [kind.narrow] });
      const response = await fetch(project.endpoint, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: kind.denied.tool, arguments: kind.denied.args },
        }),
      });
      expect(response.status).toBe(403);
      const challenge = response.headers.get('www-authenticate') ?? '';
      expect(challenge).toMatch(/^Bearer .*error="insufficient_scope"/);
      const scopes = /\bscope="([^"]*)"/.exec(challenge)?.[1]?.split(' ');
      expect(scopes).toEqual(expect.arrayContaining([kind.narrow, kind.denied.scope]));
      expect(challenge).toContain(`resource_metadata="${serverUrls(project.mcpUrl).metadata}"`);
      expect(await response.text()).toContain(`\`${kind.denied.scope}\` scope required.`);
    });

    test('all clients at once, as two people', async () => {
      const [first, second] = scalekit.users;
      const people = officialClients.flatMap((official) =>
        [first, second].map((user) => ({ official, user: user?.id ?? '' })),
      );
      const clients = await Promise.all(
        people.map(async ({ official, user }) => {
          const client = new McpClient(official, project.endpoint, { user });
          onTestFinished(() => client.close());
          await client.connect();
          return client;
        }),
      );
      const calls = clients.flatMap((client) =>
        Array.from({ length: 5 }, () => client.callTool(kind.allowed)),
      );
      for (const result of await Promise.all(calls)) expect(result.isError ?? false).toBe(false);
    });

    test('no token and no secret is in its log', async () => {
      const client = new McpClient(officialClients[2], project.endpoint);
      onTestFinished(() => client.close());
      await client.connect();
      await client.callTool(kind.allowed);
      await fetch(project.endpoint, {
        method: 'POST',
        headers: { authorization: `Bearer ${client.token}x` },
      });
      expect(server.output).toContain('"event":"refused"');
      expect(server.output).not.toContain(client.token.split('.')[1]);
      expect(server.output).not.toMatch(/eyJ[\w-]+\./);
    });
  });
});

describe('the todo server keeps people apart', () => {
  let project: GeneratedProject;
  let scalekit: Emulator;
  let server: Program;
  beforeAll(async () => {
    project = await GeneratedProject.make(['--no-check']);
    expect((await project.npm('run', 'build')).code).toBe(0);
    scalekit = await project.startScalekit(['todo:read', 'todo:write']);
    server = await project.startServer();
  });
  afterAll(async () => {
    if (server) await stopServer(server);
    await scalekit?.close();
    await project?.remove();
  });

  test('one does the five things, the other sees nothing of it', async () => {
    const [ada, bob] = await Promise.all(
      scalekit.users.map(async ({ id }, index) => {
        const client = new McpClient(officialClients[index] ?? officialClients[0], project.endpoint, {
          user: id,
        });
        onTestFinished(() => client.close());
        await client.connect();
        return client;
      }),
    );
    if (!ada || !bob) throw new Error('there are two users');
    const created = await ada.callTool('create_todo', { title: 'Buy milk', description: 'Two litres' });
    const { todo } = created.structuredContent as { todo: { id: string } };
    expect(todo).toMatchObject({ title: 'Buy milk', description: 'Two litres', completed: false });
    const { id } = todo;
    expect((await ada.callTool('get_todo', { todo_id: id })).structuredContent).toEqual({ todo });
    const done = { todo: { ...todo, completed: true } };
    expect((await ada.callTool('update_todo', { todo_id: id, completed: true })).structuredContent).toEqual(
      done,
    );
    expect((await ada.callTool('list_todos', { completed: true })).structuredContent).toEqual({
      todos: [done.todo],
    });
    expect((await ada.callTool('list_todos', { completed: false })).structuredContent).toEqual({ todos: [] });

    expect((await bob.callTool('list_todos')).structuredContent).toEqual({ todos: [] });
    for (const tool of ['get_todo', 'update_todo', 'delete_todo']) {
      const result = await bob.callTool(tool, { todo_id: id });
      expect(result.isError, tool).toBe(true);
      expect(JSON.stringify(result.content)).toContain(`Todo \`${id}\` not found.`);
    }

    expect((await ada.callTool('delete_todo', { todo_id: id })).structuredContent).toEqual({ deleted: id });
    expect((await ada.callTool('list_todos')).structuredContent).toEqual({ todos: [] });
  });
});

describe('what a generated project installs', () => {
  let project: GeneratedProject;
  beforeAll(async () => {
    project = await GeneratedProject.make(['--no-check']);
  });
  afterAll(() => project?.remove());

  test('nothing that runs a script while it is installed', async () => {
    const lock = JSON.parse(await readFile(project.path('package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const packages = Object.entries(lock.packages);
    expect(packages.length).toBeGreaterThan(5);
    expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  test('25 MB at most for production, and it starts with no more than that', async () => {
    expect((await project.npm('run', 'build')).code).toBe(0);
    expect(await project.npm('prune', '--omit=dev', '--offline', '--no-audit')).toMatchObject({ code: 0 });
    expect(existsSync(project.path('node_modules/typescript'))).toBe(false);
    expect(await sizeOf(project.path('node_modules'))).toBeLessThan(25_000_000);
    const server = await project.startServer();
    try {
      expect(await project.metadata()).toMatchObject({ resource: project.endpoint });
    } finally {
      await stopServer(server);
    }
  });
});

describe('npm run dev in a generated project', () => {
  let project: GeneratedProject;
  beforeAll(async () => {
    project = await GeneratedProject.make(['--no-check']);
  });
  afterAll(() => project?.remove());

  test('one command: Scalekit and the server; a save is served; Ctrl-C ends it all', async () => {
    const dev = project.startNpm('run', 'dev');
    onTestFinished(() => dev.kill());
    await dev.says(/Press Ctrl-C/);
    const client = new McpClient(officialClients[2], project.endpoint);
    onTestFinished(() => client.close());
    await client.connect();
    expect((await client.callTool('list_todos')).structuredContent).toEqual({ todos: [] });

    const main = project.path('src/main.ts');
    await writeFile(main, (await readFile(main, 'utf8')).replace(/name: '[^']*'/, `name: 'Renamed'`));
    await until('the new name', async () => (await project.metadata()).resource_name === 'Renamed');
    expect((await client.callTool('list_todos')).structuredContent, 'the token is still good').toEqual({
      todos: [],
    });

    dev.signalGroup('SIGINT');
    await dev.ended();
    for (const port of [project.port, emulatorPort(project.port)])
      await until(`port ${port} to be free`, async () => !(await isTaken(port)));
  });
});
