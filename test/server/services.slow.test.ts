import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { freeMcpUrl, send } from '../../src/server/testing/index.ts';
import { cases } from '../create/snapshot-cases.ts';
import { compile, putOnWorkbench } from '../create/workbench.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';
import { call } from './support.ts';

/** An owner's services, declared as in a generated project, with the built package, in a process of its own. */

const declared = `
import type { ServiceDeclaration } from 'scalekit-mcp-server';

const say = (event: string) => void process.stdout.write(\`\${event}\\n\`);
/** Resolves when the test lets it go on. */
const release = new Promise<void>((resolve) => process.on('SIGUSR2', () => resolve()));

export interface Services {
  greet(name: string): Promise<string>;
}

export const services: ServiceDeclaration = {
  async open(env) {
    if (process.env.OPEN === 'fails') throw new Error('The database does not answer');
    say(\`opened for \${env.MCP_URL}\`);
    return {
      async greet(name) {
        say('greeting');
        await release;
        say('greeted');
        return \`Hello \${name}\`;
      },
    };
  },
  close(services) {
    say(\`closed with \${Object.keys(services)}\`);
    return process.env.CLOSE === 'hangs' ? new Promise<void>(() => {}) : undefined;
  },
};

declare module 'scalekit-mcp-server' {
  interface Register {
    services: Services;
  }
}
`;

let directory: string;
const edit = async (path: string, change: (text: string) => string) => {
  const file = join(directory, path);
  await writeFile(file, change(await readFile(file, 'utf8').catch(() => '')));
};
beforeAll(async () => {
  const example = cases.blank;
  if (example === undefined) throw new Error('There is no blank example');
  directory = await makeDirectory('services');
  await putOnWorkbench(await plan({ ...example, templates: loadTemplates('typescript') }), directory);
  await edit('src/services.ts', () => declared);
  await edit('src/main.ts', (text) =>
    text
      .replace('import { scopes }', "import { services } from './services.ts';\nimport { scopes }")
      .replace('\nawait serve({', '\nawait serve({\n  services,'),
  );
  await edit('src/tools/todo-read.ts', (text) =>
    text.replace('{ user }) {', '{ user, services }) {\n    message = await services.greet(message);'),
  );
  expect(await compile(directory)).toMatchObject({ code: 0, stdout: '' });
});

afterAll(() => removeDirectory(directory));

let scalekit: Emulator | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await scalekit?.close();
});

/** Starts the project. */
async function startProject(env: Record<string, string> = {}) {
  const mcpUrl = await freeMcpUrl();
  scalekit = await startEmulator({ mcpUrl, scopes: ['todo:read', 'todo:write'] });
  child = spawn(process.execPath, ['dist/compiled/src/main.js'], {
    cwd: directory,
    env: {
      ...process.env,
      PORT: new URL(mcpUrl).port,
      MCP_URL: mcpUrl,
      SCALEKIT_ENVIRONMENT_URL: scalekit.url,
      SCALEKIT_RESOURCE_ID: scalekit.resourceId,
      LOG_FORMAT: 'json',
      ...env,
    },
  });
  const output = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => (output.out += chunk));
  child.stderr?.on('data', (chunk) => (output.err += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, ended, mcpUrl, scalekit };
}

describe("an owner's services", () => {
  test('are opened before the first call, passed to it, and closed after the last', async () => {
    const { child, output, ended, mcpUrl, scalekit } = await startProject();
    await until('the start', () => output.err.includes('is ready at'));
    expect(output.out).toBe(`opened for ${mcpUrl}\n`);
    const token = await scalekit.mint();
    const body = call('todo_read', { message: 'Ada' });
    const answer = send(`${mcpUrl}mcp`, { token, body });
    await until('the call', () => output.out.includes('greeting'));
    child.kill('SIGTERM');
    await until('the end', () => output.err.includes('"closing"'));
    child.kill('SIGUSR2');
    expect((await answer).json.result.structuredContent).toMatchObject({ message: 'Hello Ada' });
    expect(await ended).toBe(0);
    expect(output.out).toBe(`opened for ${mcpUrl}\ngreeting\ngreeted\nclosed with greet\n`);
  });

  test('that cannot be opened stop the start, with the reason and without a stack', async () => {
    const { output, ended } = await startProject({ OPEN: 'fails' });
    expect(await ended).toBe(1);
    expect(output.err).toContain(
      'The services could not be opened (services.open): The database does not answer',
    );
    expect(output.err).not.toMatch(/\bat .*services\.js/);
    expect(output.out).toBe('');
  });

  test('that do not close delay the end by a few seconds at most', async () => {
    const { child, output, ended } = await startProject({ CLOSE: 'hangs' });
    await until('the start', () => output.err.includes('is ready at'));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output.err).toContain('services_not_closed');
  });

  test('are typed in tools, and have to be passed to serve if they are declared', async () => {
    await edit('src/tools/todo-read.ts', (text) => text.replace('services.greet', 'services.greeet'));
    await edit('src/main.ts', (text) => text.replace('\n  services,', ''));
    const { stdout } = await compile(directory, '--noEmit');
    expect(stdout).toContain("'greeet' does not exist");
    expect(stdout).toContain("'services' is missing");
  });
});
