import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EmulatorOptions } from '../../../src/emulator/index.ts';
import { localIdentifiers } from '../../../src/scalekit/index.ts';
import { Terminal } from '../../program/terminal.ts';
import { makeProject, type Template } from '../../security/project.ts';
import { nodeBinary } from '../../support/packages.ts';
import { type Ended, Program, run } from '../../support/program.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import { until } from '../../support/waiting.ts';
import { Conversation } from './conversation.ts';
import { Isolation } from './isolation.ts';
import { type RecordedRequest, readLines, type Visit } from './requests.ts';

/** How a person answers the consent page. */
export interface Wishes {
  /** Default: everything that is asked for. */
  readonly grants?: readonly string[];
  readonly decision?: 'Allow' | 'Deny';
}

export interface WorldOptions {
  /** The server treats a token as expired from the very second in which it expires. */
  readonly onTime?: boolean;
  /** How long access tokens live, in seconds, `onTime`. Default: an hour. */
  readonly tokenLifetime?: number;
  /** With `onTime`: which of a client's tokens is refused after its first use, although it is valid; 1 is the first. */
  readonly refusedToken?: number;
  /** Which server. Default: the todo server. */
  readonly template?: Template;
  /** What else `create` is told. */
  readonly create?: readonly string[];
  /** Starts everything with the project's `npm run dev`. */
  readonly dev?: boolean;
}

type Environment = Readonly<Record<string, string>>;

const processes = (name: string) => fileURLToPath(new URL(`processes/${name}`, import.meta.url));

/** Nothing else runs in that network, so the ports are free. */
const ports = { server: 3002, scalekit: 4002 } as const;

/**
 * A generated server and the local Scalekit, in a network of their own without the internet, and a person with a browser
 * beside them. What happens is read from the requests that the two have answered.
 */
export class World {
  readonly endpoint = `http://localhost:${ports.server}/mcp`;
  readonly directory: string;
  readonly #isolation: Isolation;
  readonly #running: ChildProcess[] = [];
  #lastId = 0;

  private constructor(directory: string, isolation: Isolation) {
    this.directory = directory;
    this.#isolation = isolation;
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const [project, directory, isolation] = await Promise.all([
      makeProject(options.template ?? 'todo', { options: options.create ?? [] }),
      makeDirectory('world'),
      Isolation.open(),
    ]);
    const world = new World(directory, isolation);
    try {
      await world.#install();
      if (options.dev) await world.#startDev(project);
      else {
        const { tokenLifetime } = options;
        const lifetime = tokenLifetime === undefined ? {} : { tokenLifetime };
        await world.#startScalekit({ port: ports.scalekit, ...lifetime });
        await world.#startServer(project, { onTime: tokenLifetime !== undefined, ...options });
      }
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** The person's browser, under each name by which programs look for one. */
  async #install(): Promise<void> {
    await mkdir(join(this.directory, 'bin'));
    for (const name of ['browser', 'xdg-open', 'x-www-browser', 'www-browser']) {
      const file = join(this.directory, 'bin', name);
      // It returns at once, as browser launchers do.
      const start = `'${process.execPath}' '${processes('person.js')}' "$1" >/dev/null 2>&1 &`;
      await writeFile(file, `#!/bin/sh\n${start}\n`);
      await chmod(file, 0o755);
    }
    await this.wishes({});
  }

  #spawn(program: string, args: readonly string[], options: { cwd?: string; env?: Environment } = {}) {
    const [command, all] = this.#isolation.command(program, args);
    const child = spawn(command, all, {
      cwd: options.cwd,
      env: {
        PATH: process.env.PATH,
        HOME: this.directory,
        NODE_OPTIONS: `--import=${processes('recorder.js')}`,
        RECORD_DIRECTORY: this.directory,
        LOG_FORMAT: 'json',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    child.stderr?.on('data', (text) => {
      this.#log += String(text);
    });
    this.#running.push(child);
    return child;
  }

  async #startScalekit(options: EmulatorOptions): Promise<void> {
    const child = this.#spawn(process.execPath, [processes('scalekit.js'), JSON.stringify(options)]);
    await said(child, /^ready/m);
  }

  /** The project as its owner has it: writable, and outside of any `node_modules`. */
  async #copy(project: string): Promise<string> {
    const own = join(this.directory, 'project');
    await cp(project, own, { recursive: true, verbatimSymlinks: true });
    return own;
  }

  /** As its owner starts what was built; or, for tokens that expire on time, by its test interface. */
  async #startServer(made: string, { onTime = false, refusedToken = 0 }: WorldOptions): Promise<void> {
    const project = await this.#copy(made);
    const args = onTime ? [processes('server.js'), project] : [join(project, 'dist/src/main.js')];
    // This Node.js reads TypeScript.
    const node = onTime ? await nodeBinary(24) : process.execPath;
    const env = onTime
      ? {
          SCALEKIT_ENVIRONMENT_URL: `http://localhost:${ports.scalekit}`,
          SCALEKIT_RESOURCE_ID: localIdentifiers.resourceId,
          MCP_URL: `http://localhost:${ports.server}/`,
          REFUSE_TOKEN: String(refusedToken),
        }
      : {};
    await said(this.#spawn(node, args, { cwd: project, env }), /"event":"listening"/);
  }

  /** `npm run dev`, as in the README's first minute: the local Scalekit, the compiler and the server. */
  async #startDev(project: string): Promise<void> {
    const own = await this.#copy(project);
    const child = this.#spawn('npm', ['run', 'dev'], { cwd: own });
    await said(child, /Ready in /);
  }

  #log = '';

  /** The lines of the server's log. */
  get log(): ReadonlyArray<Readonly<Record<string, unknown>>> {
    return this.#log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  /** What the server has answered. */
  get server(): readonly RecordedRequest[] {
    return readLines(join(this.directory, `${ports.server}.jsonl`));
  }

  /** What the local Scalekit has answered. */
  get scalekit(): readonly RecordedRequest[] {
    return readLines(join(this.directory, `${ports.scalekit}.jsonl`));
  }

  /** The authorization requests: how often, and for what, a person was asked. */
  get asked(): readonly RecordedRequest[] {
    return this.scalekit.filter(({ path }) => path.endsWith('/oauth/authorize'));
  }

  /** Which pages the person was sent to, and the outcome. Written last, when the client has already moved on. */
  get visits(): readonly Visit[] {
    return readLines(join(this.directory, 'person.json.visits'));
  }

  /** Sets how the person answers from now on. */
  wishes(wishes: Wishes): Promise<void> {
    return writeFile(join(this.directory, 'person.json'), JSON.stringify(wishes));
  }

  /** Changes the running local Scalekit. */
  async #tellScalekit(message: object): Promise<void> {
    const [scalekit] = this.#running;
    const id = ++this.#lastId;
    const done = new Promise<void>((resolve) => {
      const hear = (reply: { id?: number }) => {
        if (reply.id !== id) return;
        scalekit?.off('message', hear);
        resolve();
      };
      scalekit?.on('message', hear);
    });
    scalekit?.send({ id, ...message });
    await done;
  }

  configure(options: EmulatorOptions): Promise<void> {
    return this.#tellScalekit({ configure: options });
  }

  /** Replaces the signing key: every token issued so far is refused from now on. */
  rotateKeys(): Promise<void> {
    return this.#tellScalekit({ rotateKeys: true });
  }

  /** A person's account on the machine, in which nothing has ever run. */
  async home(name: string): Promise<Home> {
    const directory = join(this.directory, 'homes', name);
    await mkdir(join(directory, 'work'), { recursive: true });
    return new Home(directory, this.directory, this.#isolation);
  }

  async close(): Promise<void> {
    for (const child of this.#running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      // Together with everything that it has started.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
    await this.#isolation.close();
    await removeDirectory(this.directory);
  }
}

async function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += String(chunk);
    });
  const hasSaid = () => {
    if (!pattern.test(text) && child.exitCode !== null) throw new Error(`It has ended:\n${text}`);
    return pattern.test(text);
  };
  await until(`a process says ${pattern}`, hasSaid, 120_000);
}

/** Where a client lives: an empty home, an empty folder to work in, no internet, and the person's browser. */
export class Home {
  readonly directory: string;
  readonly work: string;
  /** The environment; clients that need more add to it. */
  readonly env: Record<string, string>;
  readonly #isolation: Isolation;

  constructor(directory: string, world: string, isolation: Isolation) {
    this.directory = directory;
    this.work = join(directory, 'work');
    this.#isolation = isolation;
    this.env = {
      HOME: directory,
      PATH: [join(world, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      BROWSER: join(world, 'bin', 'browser'),
      PERSON_FILE: join(world, 'person.json'),
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      // Otherwise Python leaves compiled files next to our own programs.
      PYTHONDONTWRITEBYTECODE: '1',
    };
  }

  /** @returns the command that runs another without the internet. */
  inside(command: string, args: readonly string[]): readonly [string, readonly string[]] {
    return this.#isolation.command(command, args);
  }

  /** Runs a program to its end. */
  run(command: string, args: readonly string[]): Promise<Ended> {
    const [program, all] = this.inside(command, args);
    return run(program, all, { cwd: this.work, env: this.env });
  }

  /** Runs a program in a terminal. */
  terminal(command: string, args: readonly string[]): Terminal {
    const [program, all] = this.inside(command, args);
    const line = [program, ...all].map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(' ');
    return new Terminal(line, { cwd: this.work, env: this.env });
  }

  /** Starts a program, in a process group of its own. */
  start(command: string, args: readonly string[]): Program {
    const [program, all] = this.inside(command, args);
    return new Program(program, all, { cwd: this.work, env: this.env, group: true });
  }

  /** @returns the path of one of our own programs, in `processes/`. */
  helper(name: string): string {
    return processes(name);
  }

  /** Starts a program that is controlled by lines of JSON. */
  converse(command: string, args: readonly string[]): Conversation {
    return new Conversation(this.inside(command, args), { cwd: this.work, env: this.env });
  }
}
