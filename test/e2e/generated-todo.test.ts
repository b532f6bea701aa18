import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { emulatorPort } from '../../src/scalekit/index.ts';
import { type GeneratedProject, stopServer } from '../support/generated.ts';
import { McpClient, officialClients } from '../support/mcp-client.ts';
import { isTaken } from '../support/ports.ts';
import type { Program } from '../support/program.ts';
import { until } from '../support/waiting.ts';
import { describeGenerated } from './describe-generated.ts';

/** @returns the length of all files of a directory together, in bytes. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

describeGenerated(
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
  (made) => {
    let project: GeneratedProject;
    beforeAll(() => {
      project = made();
    });

    describe('keeps people apart', () => {
      let scalekit: Emulator;
      let server: Program;
      beforeAll(async () => {
        expect((await project.built()).code).toBe(0);
        scalekit = await project.startScalekit(['todo:read', 'todo:write']);
        server = await project.startServer();
      });
      afterAll(async () => {
        if (server) await stopServer(server);
        await scalekit?.close();
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
        expect(
          (await ada.callTool('update_todo', { todo_id: id, completed: true })).structuredContent,
        ).toEqual(done);
        expect((await ada.callTool('list_todos', { completed: true })).structuredContent).toEqual({
          todos: [done.todo],
        });
        expect((await ada.callTool('list_todos', { completed: false })).structuredContent).toEqual({
          todos: [],
        });

        expect((await bob.callTool('list_todos')).structuredContent).toEqual({ todos: [] });
        for (const tool of ['get_todo', 'update_todo', 'delete_todo']) {
          const result = await bob.callTool(tool, { todo_id: id });
          expect(result.isError, tool).toBe(true);
          expect(JSON.stringify(result.content)).toContain(`Todo \`${id}\` not found.`);
        }

        expect((await ada.callTool('delete_todo', { todo_id: id })).structuredContent).toEqual({
          deleted: id,
        });
        expect((await ada.callTool('list_todos')).structuredContent).toEqual({ todos: [] });
      });
    });

    test('npm run dev: one command: Scalekit and the server; a save is served; Ctrl-C ends it all', async () => {
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

    // The last one takes out what the others need.
    describe('installs', () => {
      test('nothing that runs a script while it is installed', async () => {
        const lock = JSON.parse(await readFile(project.path('package-lock.json'), 'utf8')) as {
          packages: Record<string, { hasInstallScript?: boolean }>;
        };
        const packages = Object.entries(lock.packages);
        expect(packages.length).toBeGreaterThan(5);
        expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
      });

      test('25 MB at most for production, and it starts with no more than that', async () => {
        expect((await project.built()).code).toBe(0);
        expect(await project.npm('prune', '--omit=dev', '--offline', '--no-audit')).toMatchObject({
          code: 0,
        });
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
  },
);
