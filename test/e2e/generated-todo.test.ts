import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { emulatorPort } from '../../src/scalekit/index.ts';
import { type GeneratedProject, stopServer } from '../support/generated.ts';
import { McpClient, officialClients } from '../support/mcp-client.ts';
import { isTaken } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { until } from '../support/waiting.ts';
import { describeGenerated, todoKind } from './describe-generated.ts';

/** @returns the total size of all files in a directory, in bytes. */
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
    ...todoKind,
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

      test('one person uses all five tools, and another sees nothing of it', async () => {
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
      await dev.says(/Ctrl-C ends everything/);
      const client = new McpClient(officialClients[2], project.endpoint);
      onTestFinished(() => client.close());
      await client.connect();
      expect((await client.callTool('list_todos')).structuredContent).toEqual({ todos: [] });
      await dev.says(/^server +\d\d:\d\d:\d\d call tool=list_todos subject=\S+ ms=[\d.]+$/m);

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

    // The last one removes what the others need.
    describe('installs', () => {
      test('no package that runs a script when it is installed', async () => {
        const lock = JSON.parse(await readFile(project.path('package-lock.json'), 'utf8')) as {
          packages: Record<string, { hasInstallScript?: boolean }>;
        };
        const packages = Object.entries(lock.packages);
        expect(packages.length).toBeGreaterThan(5);
        expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
      });

      test('the build runs alone, as in the image: 3 MB, licences included, and no packages', async () => {
        const image = await project.image();
        const files = ['main.js', 'main.js.LICENSES.txt', 'main.js.map'];
        expect((await readdir(join(image, 'dist/src'))).sort()).toEqual(files);
        expect(await sizeOf(image)).toBeLessThan(3_000_000);
        const licences = await readFile(join(image, 'dist/src/main.js.LICENSES.txt'), 'utf8');
        for (const name of ['zod', 'jose', '@modelcontextprotocol/server', 'rate-limiter-flexible'])
          expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+`, 'm'));
        const variables = parseEnv(await readFile(project.path('.env'), 'utf8'));
        const server = new Program(process.execPath, ['dist/src/main.js'], {
          cwd: image,
          env: { ...variables, LOG_FORMAT: 'json' },
        });
        onTestFinished(() => server.kill());
        await server.says(/"event":"listening"/);
        expect(server.stderr, 'nothing but its log').toMatch(/^(?:\{.*\}\n)+$/);
        expect(await project.metadata()).toMatchObject({ resource: project.endpoint });
      });
    });
  },
);
