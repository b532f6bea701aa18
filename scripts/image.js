// Builds the image of a generated project and runs it: `npm run image`. Needs Docker with its compose plugin, and the ports
// 3002 and 4002. What `test/security/image.test.ts` and `test/world/deploy/` do with processes is done with containers here.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const parent = mkdtempSync(join(tmpdir(), 'image-'));
const project = join(parent, 'todo-mcp');
const name = `todo-mcp-try-${process.pid}`;

/** Runs a program to its end, and shows its output. */
const show = (command, args, cwd = project) => execFileSync(command, args, { cwd, stdio: 'inherit' });
/** @returns what a program has written. */
const ask = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();

/** Waits until a condition holds. @throws Error after two minutes. */
async function until(what, holds) {
  for (const end = Date.now() + 120_000; Date.now() < end; await delay(250)) {
    if (await holds()) return console.log(`✓ ${what}`);
  }
  throw new Error(`This did not come to be: ${what}`);
}

const status = (url, options) =>
  fetch(url, options).then(
    (answer) => answer.status,
    () => 0,
  );

function expect(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual}, expected ${expected}`);
  console.log(`✓ ${what}`);
}

/** In production, as a platform runs it: read-only, without privileges, settings from outside. */
async function tryImage() {
  show('docker', ['build', '--tag', name, '.']);
  const settings = {
    MCP_URL: 'https://mcp.example.com/',
    SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.invalid',
    SCALEKIT_RESOURCE_ID: 'res_1000000000000001',
  };
  const variables = Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const hardened = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  show('docker', [
    'run',
    '--detach',
    '--name',
    name,
    '--publish',
    '127.0.0.1:3002:3002',
    ...hardened,
    ...variables,
    name,
  ]);
  await until('the container is healthy', () => inspect('{{.State.Health.Status}}') === 'healthy');
  expect('it answers outside', await status('http://127.0.0.1:3002/healthz'), 200);
  expect('it runs as an ordinary user', ask('docker', 'exec', name, 'id', '-un'), 'node');
  expect('it is in production', ask('docker', 'exec', name, 'printenv', 'NODE_ENV'), 'production');
  show('docker', ['stop', '--time', '30', name]);
  expect('SIGTERM ends it with 0', inspect('{{.State.ExitCode}}'), '0');
}

const inspect = (format) => ask('docker', 'inspect', '--format', format, name);

/** docs/deploy/compose.md, as it stands there. */
async function tryCompose() {
  const page = readFileSync(join(repository, 'docs/deploy/compose.md'), 'utf8');
  writeFileSync(join(project, 'compose.yaml'), /^```yaml\n([\s\S]*?)^```$/m.exec(page)[1]);
  try {
    show('docker', ['compose', 'up', '--build', '--detach']);
    await until(
      'the server has the keys',
      async () => (await status('http://localhost:3002/readyz')) === 200,
    );
    expect('a call asks for a token', await status('http://localhost:3002/mcp', { method: 'POST' }), 401);
    const { authorization_servers: servers } = await fetch(
      'http://localhost:3002/.well-known/oauth-protected-resource/mcp',
    ).then((answer) => answer.json());
    expect('the browser is sent to this machine', new URL(servers[0]).origin, 'http://localhost:4002');
    expect(
      'the local Scalekit answers there',
      await status(`${servers[0]}/.well-known/oauth-authorization-server`),
      200,
    );
  } finally {
    show('docker', ['compose', 'logs']);
    show('docker', ['compose', 'down', '--timeout', '5']);
  }
}

try {
  show(
    process.execPath,
    [join(repository, 'bin/create-scalekit-mcp.js'), 'todo-mcp', '--yes', '--no-git'],
    parent,
  );
  await tryImage();
  await tryCompose();
} finally {
  try {
    ask('docker', 'rm', '--force', name);
    ask('docker', 'rmi', '--force', name);
  } catch {
    // There is none if the build failed, whose error is shown.
  }
  rmSync(parent, { recursive: true, force: true });
}
