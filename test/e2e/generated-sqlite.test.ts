import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { GeneratedProject, onNode, stopServer } from '../support/generated.ts';
import { McpClient, officialClients } from '../support/mcp-client.ts';
import { describeGenerated, todoKind } from './describe-generated.ts';

/** A Node.js that has SQLite, whatever runs the tests. */
const node = 24;

describeGenerated(
  {
    title: 'the todo server with SQLite',
    options: ['--store', 'sqlite', '--name', 'Todo in a file'],
    env: () => onNode(node),
    name: 'Todo in a file',
    ...todoKind,
  },
  (made) => {
    test('todos survive a restart, and the log is JSON only', async () => {
      const project = made();
      expect((await project.built()).code).toBe(0);
      const scalekit = await project.startScalekit(['todo:read', 'todo:write']);
      onTestFinished(() => scalekit.close());
      let server = await project.startServer();
      onTestFinished(() => stopServer(server));
      const client = new McpClient(officialClients[0], project.endpoint);
      onTestFinished(() => client.close());
      await client.connect();
      await client.callTool('create_todo', { title: 'outlives the server' });
      await stopServer(server);
      expect(server.stderr, 'no warning of Node.js').toMatch(/^(?:\{.*\}\n)+$/);
      expect(existsSync(project.path('data/todos.db'))).toBe(true);
      server = await project.startServer();
      const { todos } = (await client.callTool('list_todos')).structuredContent as { todos: unknown };
      expect(todos).toContainEqual(expect.objectContaining({ title: 'outlives the server' }));
    });
  },
);

test('on a Node.js without SQLite the project is made, with a note of what it needs', async () => {
  const project = await GeneratedProject.make(['--store', 'sqlite'], await onNode(20));
  onTestFinished(() => project.remove());
  const needed = 'Not checked: --store sqlite needs Node.js 22.13 or later, and this is 20.';
  expect(project.made.stdout).toContain(needed);
  expect((await project.built()).code).toBe(0);
  const server = project.startNpm('start');
  onTestFinished(() => server.kill());
  await server.says(/The SQLite store needs Node\.js 22\.13 or later, and this is v20/);
  expect((await server.ended()).code).toBe(1);
});
