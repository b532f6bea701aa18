// npm run demo: from an empty folder to a protected tool call and a step-up, with no account, printed step by step.
// npm run demo -- --keep: the same, and then leaves the server and the local Scalekit running until Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, note, step } from './demo/steps.js';
import { authorize, discover, register, session } from './demo/walk.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const keep = process.argv.includes('--keep');
const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interruption.abort());

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** A port for the server such that the one 1000 above, for the local Scalekit, is free too. */
async function freePort(from = 3002) {
  for (let port = from; port < 4000; port += 1) {
    if ((await isFree(port)) && (await isFree(port + 1000))) return port;
  }
  throw new Error(`No free port between ${from} and 4000.`);
}

async function create(directory, port, options = []) {
  const program = join(root, 'bin/create-scalekit-mcp.js');
  const child = spawn(
    process.execPath,
    [program, directory, '--yes', '--port', String(port), '--package-manager', 'npm', '--no-git', ...options],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      signal: interruption.signal,
    },
  );
  const [code] = await once(child, 'exit');
  expect(code === 0, 'create-scalekit-mcp to end with 0', code);
}

/** Starts `npm run dev` of the project and waits until its server answers. */
async function startDevelopment(directory, mcpUrl) {
  step('npm run dev: the local Scalekit and the server');
  const child = spawn(
    process.execPath,
    [join(directory, 'node_modules/scalekit-mcp/bin/scalekit-mcp.js'), 'dev'],
    {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exit = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGINT');
    await exit;
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (interruption.signal.aborted || child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The server did not start. It said:\n${output}`);
    }
    // Another program may hold the port, and never answer.
    const answered = await fetch(new URL('healthz', mcpUrl), { signal: AbortSignal.timeout(1000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) break;
    await delay(100);
  }
  note(`the server answers at ${mcpUrl}`);
  return { stop };
}

/** Starts it, on another port if another program has taken the port in the meantime. */
async function startSomewhere(directory, firstPort) {
  for (let port = firstPort, attempt = 1; ; attempt += 1) {
    const mcpUrl = `http://localhost:${port}/`;
    try {
      return { ...(await startDevelopment(directory, mcpUrl)), mcpUrl };
    } catch (error) {
      if (attempt === 5 || !/\bis taken by\b/.test(error.message)) throw error;
      const taken = port;
      port = await freePort(port + 1);
      note(`another program has taken port ${taken} (or ${taken + 1000}) meanwhile: ${port} in its place`);
      await create(directory, port, ['--overwrite', '--no-install', '--no-check']);
    }
  }
}

async function useTheTools(mcp) {
  step('Each of the five tools');
  const { todo } = await mcp.call('create_todo', { title: 'Try the demo', description: 'With no account' });
  await mcp.call('list_todos', { completed: false });
  await mcp.call('get_todo', { todo_id: todo.id });
  await mcp.call('update_todo', { todo_id: todo.id, completed: true });
  await mcp.call('delete_todo', { todo_id: todo.id });
}

async function walk(endpoint) {
  const { server, resource, scope } = await discover(endpoint);
  const client = await register(server);
  const token = await authorize({
    server,
    client,
    resource,
    scope: scope ?? resource.scopes_supported.join(' '),
  });
  const mcp = session(endpoint, token);
  await mcp.initialize();
  const tools = await mcp.listTools();
  expect(tools.length === 5, 'five tools', tools);
  await useTheTools(mcp);

  const readOnly = await authorize({ server, client, resource, scope: 'todo:read' });
  step('A read-only token may not write');
  const challenge = await session(endpoint, readOnly).callRefused('create_todo', { title: 'Not allowed' });

  const stepped = await authorize({ server, client, resource, scope: challenge.scope });
  step('The step-up that the refusal asked for: the same call, with the new token');
  await session(endpoint, stepped).call('create_todo', { title: 'Allowed' });
}

function printHowToConnect(endpoint) {
  step('Both are running. Connect a client; Ctrl-C ends them');
  note(`MCP Inspector   npx @modelcontextprotocol/inspector --transport http --server-url ${endpoint}`);
  note(
    '                (Node.js 22.19 or later; leave the authentication fields empty, press Connect, press Allow)',
  );
  note(`Claude Code     claude mcp add --transport http todo ${endpoint}`);
}

async function demo() {
  const folder = await mkdtemp(join(tmpdir(), 'scalekit-mcp-demo-'));
  try {
    const port = await freePort();
    const directory = join(folder, 'todo-mcp');
    step('npx create-scalekit-mcp todo-mcp: a project from an empty folder, installed and checked');
    await create(directory, port);
    const development = await startSomewhere(directory, port);
    const endpoint = new URL('mcp', development.mcpUrl).href;
    try {
      await walk(endpoint);
      if (keep) {
        printHowToConnect(endpoint);
        if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
      }
    } finally {
      await development.stop();
    }
    step('Done: the server and the local Scalekit have ended, and the folder is gone');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await demo();
} catch (error) {
  console.error(`\nThe demo stopped: ${error.message}`);
  process.exitCode = interruption.signal.aborted ? 130 : 1;
}
