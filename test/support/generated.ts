import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { emulatorPort, serverUrls } from '../../src/scalekit/index.ts';
import { nodeBinary } from './packages.ts';
import { freePort } from './ports.ts';
import { type Ended, Program, run } from './program.ts';
import { createProgram } from './repository.ts';
import { makeDirectory, removeDirectory, temporaryDirectory } from './temporary.ts';

interface ResourceMetadata {
  readonly resource: string;
  readonly resource_name: string;
  readonly scopes_supported: readonly string[];
}

/** A project that the built program has generated and really installed, and its local Scalekit. */
export class GeneratedProject {
  /** The folder in which the project was made; removed at the end. */
  readonly #parent: string;
  readonly directory: string;
  readonly port: number;
  /** The program's output while it made the project. */
  readonly made: Ended;
  /** What its programs have in their environment besides the usual. */
  readonly #env: Readonly<Record<string, string>>;
  #built: Promise<Ended> | undefined;

  private constructor(parent: string, port: number, made: Ended, env: Readonly<Record<string, string>>) {
    this.#parent = parent;
    this.#env = env;
    this.directory = join(parent, 'project');
    this.port = port;
    this.made = made;
  }

  /**
   * Runs `create-scalekit-mcp project --yes` with more options, installation and self-check included.
   * @param env for it and for all programs of the project, e.g. `onNode(24)`.
   * @throws Error with its output if it fails.
   */
  static async make(
    options: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<GeneratedProject> {
    const parent = await makeDirectory('generated');
    const port = await freePort();
    const args = ['project', '--yes', '--no-git', '--port', String(port), ...options];
    const made = await run(env.NODE ?? process.execPath, [createProgram, ...args], {
      cwd: parent,
      env: {
        npm_config_prefer_offline: 'true',
        npm_config_audit: 'false',
        npm_config_fund: 'false',
        ...env,
      },
    });
    const project = new GeneratedProject(parent, port, made, env);
    if (made.code === 0) return project;
    await project.remove();
    throw new Error(`create-scalekit-mcp ended with ${made.code}:\n${made.stdout}${made.stderr}`);
  }

  remove(): Promise<void> {
    return removeDirectory(this.#parent);
  }

  get mcpUrl(): string {
    return `http://localhost:${this.port}/`;
  }

  get endpoint(): string {
    return serverUrls(this.mcpUrl).endpoint;
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  /** Runs one of the project's scripts to its end. */
  npm(...args: readonly string[]): Promise<Ended> {
    return run('npm', args, { cwd: this.directory, env: this.#env });
  }

  get isPython(): boolean {
    return existsSync(this.path('server.py'));
  }

  /** Runs the Python of the project's environment. */
  python(...args: readonly string[]): Promise<Ended> {
    return run(this.path('.venv/bin/python'), args, { cwd: this.directory, env: this.#env });
  }

  /** Runs `npm run build`, once for all callers; in Python there is nothing to build. */
  built(): Promise<Ended> {
    this.#built ??= this.isPython ? this.python('-c', '') : this.npm('run', 'build');
    return this.#built;
  }

  /** @returns a folder of its own with all that the project's image holds. @throws Error if it does not build. */
  async image(): Promise<string> {
    const { code, stdout, stderr } = await this.built();
    if (code !== 0) throw new Error(`npm run build ended with ${code}:\n${stdout}${stderr}`);
    const image = await temporaryDirectory();
    await cp(this.path('dist/src'), join(image, 'dist/src'), { recursive: true });
    return image;
  }

  /** Starts one of the project's scripts, in a process group of its own. */
  startNpm(...args: readonly string[]): Program {
    return new Program('npm', args, { cwd: this.directory, group: true, env: this.#env });
  }

  /** Starts the local Scalekit that the project's `.env` points at. */
  startScalekit(scopes: readonly string[], keyDirectory?: string): Promise<Emulator> {
    return startEmulator({
      port: emulatorPort(this.port),
      mcpUrl: this.mcpUrl,
      scopes,
      ...(keyDirectory === undefined ? {} : { keyDirectory }),
    });
  }

  /** The running server's protected resource metadata (RFC 9728). */
  async metadata(): Promise<ResourceMetadata> {
    const response = await fetch(serverUrls(this.mcpUrl).metadata);
    return (await response.json()) as ResourceMetadata;
  }

  /** Starts the built server as its owner does, and waits until it listens. */
  async startServer(): Promise<Program> {
    const server = this.isPython
      ? new Program(this.path('.venv/bin/python'), ['server.py'], {
          cwd: this.directory,
          group: true,
          env: this.#env,
        })
      : this.startNpm('start');
    await server.says(/"event": ?"listening"/);
    return server;
  }
}

/** @returns an environment in which npm and what it starts run on this major version of Node.js. */
export async function onNode(major: number): Promise<{ readonly NODE: string; readonly PATH: string }> {
  const node = await nodeBinary(major);
  return { NODE: node, PATH: [dirname(node), process.env.PATH].join(delimiter) };
}

/** Ends a program as its owner does, and waits for it. */
export async function stopServer(server: Program): Promise<void> {
  server.signalGroup('SIGTERM');
  await server.ended();
}
