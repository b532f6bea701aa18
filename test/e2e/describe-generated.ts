import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { serverUrls } from '../../src/scalekit/index.ts';
import { GeneratedProject, stopServer } from '../support/generated.ts';
import { McpClient, type OfficialClient, officialClients, scopesAsked } from '../support/mcp-client.ts';
import type { Program } from '../support/program.ts';
import { toolCallRequest } from '../support/tool-calls.ts';

/** A generated project, and what its owner expects of it. */
export interface Kind {
  readonly title: string;
  readonly options: readonly string[];
  /** The environment of create and of the project's own programs; default: the usual one. */
  readonly env?: () => Promise<Readonly<Record<string, string>>>;
  /** The name that the server must show. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tools: readonly string[];
  /** A scope, a tool for which it is sufficient, and a tool that needs another scope. */
  readonly narrow: string;
  readonly allowed: string;
  readonly denied: { readonly tool: string; readonly scope: string; readonly args: Record<string, unknown> };
}

/** Expectations that are the same for every todo server, whatever its store. */
export const todoKind = {
  scopes: ['todo:read', 'todo:write'],
  tools: ['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'],
  narrow: 'todo:read',
  allowed: 'list_todos',
  denied: { tool: 'create_todo', scope: 'todo:write', args: { title: 'Buy milk' } },
} as const;

/** Makes a project and checks what every generated project promises. @param more further tests in the same project. */
export function describeGenerated(kind: Kind, more?: (project: () => GeneratedProject) => void): void {
  describe(kind.title, () => {
    let project: GeneratedProject;
    beforeAll(async () => {
      project = await GeneratedProject.make(kind.options, await kind.env?.());
    });
    afterAll(() => project?.remove());

    test('was installed and checked when it was made', () => {
      for (const result of ['Installed with npm', 'The server starts', 'A call without a token is refused'])
        expect(project.made.stdout).toContain(`✓ ${result}`);
      expect(project.made.stdout).not.toMatch(/✗|could not/);
      expect(project.made.stdout).toContain(project.endpoint);
      expect(project.made.stderr).toBe('');
    });

    test.each([
      ['typecheck', /tsc --noEmit\n\s*$/],
      ['lint', /Found 0 warnings and 0 errors/],
    ])('npm run %s', async (script, says) => {
      const { code, stdout, stderr } = await project.npm('run', script);
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toMatch(says);
    });

    test('is as its own `update` would make it', async () => {
      const { code, stdout, stderr } = await project.npm('exec', '--', 'scalekit-mcp', 'update', '--check');
      expect(code, stdout + stderr).toBe(0);
    });

    test('npm run build', async () => {
      const { code, stdout, stderr } = await project.built();
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/main\.js\b/);
    });

    test('npm test, offline', async () => {
      const { code, stdout, stderr } = await project.npm('test', '--offline');
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/^# fail 0$|^ℹ fail 0$/m);
      expect(stdout).not.toMatch(/^(?:#|ℹ) (?:skipped|todo|cancelled) [1-9]/m);
    });

    describeRunning(kind, () => project);

    more?.(() => project);
  });
}

/** The running server, as clients meet it: the same in every language. */
export function describeRunning(kind: Kind, made: () => GeneratedProject): void {
  describe('in production, with a local Scalekit', () => {
    let scalekit: Emulator;
    let server: Program;
    beforeAll(async () => {
      expect((await made().built()).code).toBe(0);
      scalekit = await made().startScalekit(kind.scopes);
      server = await made().startServer();
    });
    afterAll(async () => {
      if (server) await stopServer(server);
      await scalekit?.close();
    });

    test('shows its name exactly, and its scopes', async () => {
      const metadata = await made().metadata();
      expect(metadata).toMatchObject({ resource: made().endpoint, resource_name: kind.name });
      expect([...metadata.scopes_supported].sort()).toEqual([...kind.scopes].sort());
    });

    describe.each(officialClients)('with $title', (official) => {
      const open = async (person: ConstructorParameters<typeof McpClient>[2]) => {
        const client = new McpClient(official as OfficialClient, made().endpoint, person);
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

      test('is refused without the scopes, asks for more, and goes on', async () => {
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
        server = await made().startServer();
        expect((await client.callTool(kind.allowed)).isError ?? false, 'on the same connection').toBe(false);
        await client.reconnect();
        expect((await client.callTool(kind.allowed)).isError ?? false, 'on a new one').toBe(false);
        expect(client.token).toBe(token);
        expect(client.destinations).toHaveLength(1);
      });
    });

    test('a read-only token gets 403 with all needed scopes before the tool runs', async () => {
      const token = await scalekit.mint({ scopes: [kind.narrow] });
      const { tool, args } = kind.denied;
      const response = await fetch(made().endpoint, toolCallRequest(token, tool, args));
      expect(response.status).toBe(403);
      const challenge = response.headers.get('www-authenticate') ?? '';
      expect(challenge).toMatch(/^Bearer .*error="insufficient_scope"/);
      const scopes = /\bscope="([^"]*)"/.exec(challenge)?.[1]?.split(' ');
      expect(scopes).toEqual(expect.arrayContaining([kind.narrow, kind.denied.scope]));
      expect(challenge).toContain(`resource_metadata="${serverUrls(made().mcpUrl).metadata}"`);
      expect(await response.text()).toContain(`\`${kind.denied.scope}\` scope required.`);
    });

    test('all clients at once, as two people', async () => {
      const [first, second] = scalekit.users;
      const people = officialClients.flatMap((official) =>
        [first, second].map((user) => ({ official, user: user?.id ?? '' })),
      );
      const clients = await Promise.all(
        people.map(async ({ official, user }) => {
          const client = new McpClient(official, made().endpoint, { user });
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

    test('its log contains no token and no secret', async () => {
      const client = new McpClient(officialClients[2], made().endpoint);
      onTestFinished(() => client.close());
      await client.connect();
      await client.callTool(kind.allowed);
      await fetch(made().endpoint, {
        method: 'POST',
        headers: { authorization: `Bearer ${client.token}x` },
      });
      expect(server.output).toMatch(/"event": ?"refused"/);
      expect(server.output).not.toContain(client.token.split('.')[1]);
      expect(server.output).not.toMatch(/eyJ[\w-]+\./);
    });
  });
}
