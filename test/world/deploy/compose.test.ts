import { once } from 'node:events';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { LaidOutImage } from '../../security/image.ts';
import { makeProject } from '../../security/project.ts';
import { McpClient, officialClients } from '../../support/mcp-client.ts';
import { freePort } from '../../support/ports.ts';
import { Program } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { blockOf } from './pages.ts';

/**
 * docs/deploy/compose.md without a container engine: each service is a process with the page's command and
 * variables. As in containers, inner and outer ports differ, with a forwarder between the two.
 */

interface Service {
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
}

let project: string;
let image: LaidOutImage;
beforeAll(async () => {
  project = await makeProject('todo');
  image = await LaidOutImage.of(project);
  return () => image.remove();
});

/** What an engine does to publish a port on this machine. @returns the port outside. */
async function publish(inside: number): Promise<number> {
  const server = createServer((socket) => {
    const inner = connect(inside, '127.0.0.1');
    socket.pipe(inner).pipe(socket);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** The project's folder, from which both services are made, with `.env` as it is on the host. */
async function folderWith(replace: (text: string) => string): Promise<string> {
  const folder = join(await temporaryDirectory('compose'), 'todo');
  await cp(project, folder, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, '.env'), replace(await readFile(join(project, '.env'), 'utf8')));
  return folder;
}

test('with the local Scalekit in a container and the browser on the host: sign-in, token, call', async () => {
  const { services } = parse(blockOf('compose.md', 'yaml')) as { services: Record<string, Service> };
  const { scalekit, server } = services as { scalekit: Service; server: Service };
  expect([scalekit.ports, server.ports]).toEqual([['127.0.0.1:4002:4002'], ['127.0.0.1:3002:3002']]);
  const inside = { scalekit: await freePort(), server: await freePort() };
  const outside = { scalekit: await publish(inside.scalekit), server: await publish(inside.server) };
  const replace = (text: string) =>
    text
      .replace('scalekit:4002', `127.0.0.1:${inside.scalekit}`)
      .replace('--port 4002', `--port ${inside.scalekit}`)
      .replace('localhost:4002', `localhost:${outside.scalekit}`)
      .replace('localhost:3002', `localhost:${outside.server}`)
      .replace('PORT=3002', `PORT=${inside.server}`);
  const folder = await folderWith(replace);
  const words = replace(scalekit.command ?? '').split(' ');
  const emulator = new Program(words[0] ?? '', words.slice(1), {
    cwd: folder,
    // Container engines set this.
    env: { container: 'docker', XDG_STATE_HOME: await temporaryDirectory() },
    group: true,
  });
  onTestFinished(() => emulator.kill());
  await emulator.says(/local Scalekit is running/);
  expect(emulator.output).toContain(`http://localhost:${outside.scalekit}`);

  const variables = Object.entries(server.environment ?? {}).map(([name, value]) => [name, replace(value)]);
  const env = { ...parseEnv(await readFile(join(folder, '.env'), 'utf8')), ...Object.fromEntries(variables) };
  const running = await image.start({ ...env, LOG_FORMAT: 'json' });
  expect(running.port).toBe(inside.server);

  const client = new McpClient(officialClients[2], `http://localhost:${outside.server}/mcp`);
  onTestFinished(() => client.close());
  await client.connect();
  expect(client.destinations.map(({ origin }) => origin)).toEqual([`http://localhost:${outside.scalekit}`]);
  expect((await client.callTool('create_todo', { title: 'in a container' })).isError ?? false).toBe(false);
  expect((await client.callTool('list_todos')).structuredContent).toMatchObject({
    todos: [{ title: 'in a container' }],
  });
});

test('without SCALEKIT_INTERNAL_URL the server finds no keys there, and says where it looked', async () => {
  const elsewhere = await freePort();
  const { program, port } = await image.start({
    NODE_ENV: 'development',
    LOG_FORMAT: 'json',
    HOST: '0.0.0.0',
    MCP_URL: 'http://localhost:3002/',
    SCALEKIT_ENVIRONMENT_URL: `http://localhost:${elsewhere}`,
    SCALEKIT_RESOURCE_ID: 'res_1000000000000001',
  });
  await program.says(new RegExp(`"event":"keys_unavailable","url":"http://localhost:${elsewhere}/keys"`));
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
});
