import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { machineClient } from '../../src/emulator/users.ts';
import { emulatorPort, localIdentifiers } from '../../src/scalekit/index.ts';
import { freePort } from '../support/ports.ts';
import { commandLines } from '../support/processes.ts';
import { Program } from '../support/program.ts';
import { repository, scalekitProgram } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

/** The smallest project that `dev` can run: it answers every request with `answer()`. */
const files = {
  'package.json': '{ "type": "module", "private": true }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      rootDir: '.',
      outDir: 'dist',
      strict: true,
    },
    include: ['src', 'test'],
  }),
  'src/main.ts': `
    import { createServer } from 'node:http';
    import { answer } from './answer.js';
    try { process.loadEnvFile(); } catch {}
    const server = createServer((_, response) => response.end(answer() + ' ' + process.env.GREETING + ' ' + process.pid));
    server.listen(Number(process.env.PORT), '127.0.0.1', () => console.error('listening on ' + process.env.PORT));
    const end = () => server.close(() => console.error('drained'));
    process.once('SIGTERM', end).once('SIGINT', end);
  `,
  'src/answer.ts': `export function answer(): string { return 'first'; }`,
  'src/scopes.ts': `
    const defineScopes = <T>(scopes: T) => scopes;
    export const scopes = defineScopes({
      'note:read': 'Read your notes',
    });
  `,
  'test/answer.test.ts': `import '../src/answer.js';`,
};

/** Never asked, because the fixture's server protects nothing. */
export const realScalekit = 'https://acme.scalekit.dev';

/** A project on disk, and what runs in it. */
export class Fixture {
  readonly directory: string;
  readonly port: number;

  private constructor(directory: string, port: number) {
    this.directory = directory;
    this.port = port;
  }

  /**
   * Makes a project on a free port, for one test.
   * @param environment where `.env` points: at a real Scalekit, which is never called here, or at the local one.
   */
  static async make(environment: 'real' | 'local' = 'real'): Promise<Fixture> {
    const fixture = new Fixture(await makeDirectory('dev'), await freePort());
    onTestFinished(() => removeDirectory(fixture.directory));
    for (const [path, text] of Object.entries(files)) await fixture.write(path, text);
    await symlink(join(repository, 'node_modules'), join(fixture.directory, 'node_modules'), 'junction');
    await fixture.configure(environment === 'real' ? { SCALEKIT_ENVIRONMENT_URL: realScalekit } : {});
    return fixture;
  }

  get scalekitPort(): number {
    return emulatorPort(this.port);
  }

  async write(path: string, text: string): Promise<void> {
    const target = join(this.directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }

  /** Writes `.env`: the settings for the local Scalekit, with changes. */
  async configure(changes: Readonly<Record<string, string>>): Promise<void> {
    const variables = {
      PORT: String(this.port),
      SCALEKIT_ENVIRONMENT_URL: `http://localhost:${this.scalekitPort}`,
      SCALEKIT_CLIENT_ID: localIdentifiers.clientId,
      SCALEKIT_RESOURCE_ID: localIdentifiers.resourceId,
      MCP_URL: `http://localhost:${this.port}/`,
      GREETING: 'hello',
      ...changes,
    };
    await this.write(
      '.env',
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  }

  /** Starts `scalekit-mcp dev` here, as a terminal does: in a process group of its own. */
  async dev(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Promise<Program> {
    const program = new Program(process.execPath, [scalekitProgram, 'dev', ...args], {
      cwd: this.directory,
      env: { XDG_STATE_HOME: join(this.directory, '.state'), ...env },
      group: true,
    });
    onTestFinished(() => program.kill());
    return program;
  }

  /** Starts it as `npm run dev` does, through a shell; with `npm`, through a second one in npm's place. */
  async devUnderShell(npm = false): Promise<Program> {
    const dev = `"${process.execPath}" "${scalekitProgram}" dev; :`;
    const args = npm ? ['-c', `sh -c '${dev}'; :`] : ['-c', dev];
    const program = new Program('sh', args, {
      cwd: this.directory,
      env: { XDG_STATE_HOME: join(this.directory, '.state'), npm_lifecycle_event: 'dev' },
      group: true,
    });
    onTestFinished(() => program.kill());
    return program;
  }

  /** What the server answers: its answer, its greeting and its process id. */
  async ask(port = this.port): Promise<readonly string[]> {
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) });
    return (await response.text()).split(' ');
  }

  async scopesOfScalekit(): Promise<unknown> {
    const path = `.well-known/oauth-authorization-server/resources/${localIdentifiers.resourceId}`;
    const response = await fetch(`http://localhost:${this.scalekitPort}/${path}`);
    const document = (await response.json()) as { scopes_supported?: unknown };
    return document.scopes_supported;
  }

  /** A token of the local Scalekit, by client credentials. */
  async machineToken(): Promise<{ readonly expires_in: number }> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: machineClient.clientId,
      client_secret: machineClient.clientSecret,
    });
    const response = await fetch(`http://localhost:${this.scalekitPort}/oauth/token`, {
      method: 'POST',
      body,
    });
    return (await response.json()) as { expires_in: number };
  }

  /** The command line of every process that names this project. */
  async processes(): Promise<readonly string[]> {
    return (await commandLines()).filter((line) => line.includes(this.directory));
  }
}
