import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localFile, settleSwitches } from '../emulator/local-file.ts';
import { LocalScalekit, type Scalekit, scopesOfProject } from '../emulator/of-project.ts';
import { type Switches, trustNotice } from '../emulator/switches.ts';
import { type Compilation, Compiler } from '../project/compile.ts';
import { openProject, type Project } from '../project/layout.ts';
import { answers } from '../project/ports.ts';
import { scopesFile } from '../project/scopes-file.ts';
import { readSettings, type Settings } from '../project/settings.ts';
import { type Changes, watchProject } from '../project/watch.ts';
import { printable, serverUrls } from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';
import { makeScreen, type Screen, seconds, type Terminal } from './screen.ts';
import { ServerProcess } from './server-process.ts';

/** How long a server that is replaced, or that is ended with us, may take for its open requests, in ms. */
const graceOnRestart = 1000;
const graceAtEnd = 3000;
/** When to mention that the server is not listening yet, in ms. */
const patience = 10_000;

/** What `develop` touches beside the project's files. */
export interface Surroundings extends Terminal {
  /** The project's directory. */
  readonly cwd: string;
  /** Ends it all. */
  readonly signal: AbortSignal;
}

/**
 * Compiles the project, runs its server and, where `.env` points at this machine, the local Scalekit, and does so again
 * when something is saved, until the signal aborts. Nothing of it is left running afterwards.
 * @param options of the command line: the local Scalekit's switches, which are kept in the project.
 * @throws UserError where there is no project, or where it cannot even start (a port that is taken).
 */
export async function develop(
  surroundings: Surroundings,
  options: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const project = openProject(surroundings.cwd);
  const session = new Session(project, surroundings, options);
  // If the start fails, stop watching too.
  const end = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, end.signal]);
  try {
    const changes = watchProject(project.directory, signal);
    await session.begin();
    for await (const batch of changes) await session.react(batch);
  } finally {
    end.abort();
    await session.end();
  }
}

class Session {
  readonly #project: Project;
  readonly #surroundings: Surroundings;
  readonly #screen: Screen;
  readonly #compiler: Compiler;
  readonly #scalekit: LocalScalekit;
  readonly #server: ServerProcess;
  #settings: Settings;
  /** The last ones that could be read. */
  #scopes: ReturnType<typeof scopesOfProject>['scopes'] | undefined;
  #switches: Switches;
  /** What was last printed about Scalekit; printed again only when it changes. */
  #said = '';
  #begun = false;
  #hasServed = false;

  constructor(project: Project, surroundings: Surroundings, options: Readonly<Record<string, unknown>>) {
    this.#project = project;
    this.#surroundings = surroundings;
    const screen = makeScreen(surroundings);
    this.#screen = screen;
    this.#settings = readSettings(project.environmentFile, surroundings.env);
    const { decides, note } = settleSwitches(project.directory, options, true);
    this.#switches = decides;
    if (note !== undefined) screen.say('scalekit', note, 'quiet');
    this.#compiler = new Compiler(project, screen.colours);
    this.#scalekit = new LocalScalekit(surroundings.env, {
      onRequest: ({ method, path, status }) => {
        if (status >= 400) screen.say('scalekit', `${method} ${printable(path)} ${status}`, 'quiet');
      },
      onTrustedClient: (clientId, reason) =>
        screen.say('scalekit', printable(trustNotice(clientId, reason)), 'quiet'),
      onError: (error) => screen.say('scalekit', printable(String(error)), 'bad'),
    });
    this.#server = new ServerProcess(project, {
      onLine: (line, stream) => screen.pass(line, stream),
      onCrash: (how) => void this.#crashed(how),
    });
  }

  /** A person reads the server's log here, though through a pipe: the server is told, unless somebody has decided otherwise. */
  #serverEnvironment(): Readonly<Record<string, string | undefined>> {
    const undecided = this.#screen.colours && this.#settings.logFormat === undefined;
    return undecided ? { ...this.#surroundings.env, LOG_FORMAT: 'text' } : this.#surroundings.env;
  }

  async begin(): Promise<void> {
    const since = performance.now();
    const compilation = await this.#compile('');
    if (compilation.ok) await this.#serve(since);
    this.#begun = true;
  }

  async react({ files, since }: Changes): Promise<void> {
    const has = (file: string) => files.includes(file);
    const isEnvironment = has('.env');
    if ((isEnvironment || has(localFile)) && !this.#readSettings()) return;
    // What consent can grant does not wait for the compiler.
    if (has(localFile) || has(scopesFile)) await this.#followScalekit();
    const sources = files.filter((file) => file !== '.env' && file !== localFile);
    const compilation = sources.length > 0 ? await this.#compile(sources.join(', ')) : undefined;
    if (this.#surroundings.signal.aborted) return;
    // `.env` alone restarts what was compiled last; without a right compilation there is nothing to start.
    const wanted = isEnvironment || compilation?.changed === true || !this.#server.running;
    if (wanted && compilation?.ok !== false && existsSync(this.#project.entry)) await this.#serve(since);
  }

  /** @returns false where a file cannot be read, which is said. */
  #readSettings(): boolean {
    try {
      this.#settings = readSettings(this.#project.environmentFile, this.#surroundings.env);
      this.#switches = settleSwitches(this.#project.directory).decides;
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#screen.say('server', error.message, 'bad');
      return false;
    }
  }

  async end(): Promise<void> {
    this.#compiler.forget();
    await Promise.all([this.#server.stop(graceAtEnd), this.#scalekit.close()]);
  }

  async #compile(what: string): Promise<Compilation> {
    const compilation = await this.#compiler.run(this.#surroundings.signal);
    const { ok, errors, messages, duration } = compilation;
    if (this.#surroundings.signal.aborted) return compilation;
    const subject = what === '' ? '' : `${printable(what)}: `;
    if (ok) {
      this.#screen.say('compile', `${subject}no errors, ${seconds(duration)}`, 'quiet');
      return compilation;
    }
    this.#screen.show(`\n${messages}\n`);
    const count = errors === 1 ? '1 error' : `${errors} errors`;
    const then = this.#server.running ? 'the server keeps running as it was' : 'waiting for a change';
    this.#screen.say('compile', `${subject}${count}; ${then}`, 'bad');
    return compilation;
  }

  /** Brings Scalekit and the server to the state of the files. @param since when the change was noticed. */
  async #serve(since: number): Promise<void> {
    if (!existsSync(this.#project.entry))
      return this.#fail(
        `There is no ${relative(this.#project.directory, this.#project.entry)} after compiling.`,
        'tsconfig.json has to include "src", and src/main.ts is where the server starts.',
      );
    const [scalekit] = await Promise.all([this.#followScalekit(), this.#server.stop(graceOnRestart)]);
    if (scalekit.kind === 'failed') return this.#fail(scalekit.reason, scalekit.next);
    if (this.#surroundings.signal.aborted) return;
    const { port } = this.#settings;
    if (await answers(port))
      return this.#fail(
        `Port ${port} is taken by another program (perhaps another dev).`,
        'Stop that one, or set another PORT, and the same in MCP_URL, in .env.',
      );
    this.#server.start(this.#serverEnvironment());
    // Not awaited: a server that never gets ready must not hold up the next change.
    void this.#announce(port, since);
  }

  async #followScalekit(): Promise<Scalekit> {
    const { scopes, problem } = scopesOfProject(this.#project.directory, this.#scopes);
    this.#scopes = scopes;
    const scalekit = await this.#scalekit.follow(this.#settings, { ...this.#switches, scopes });
    const local = scalekit.kind === 'started' || scalekit.kind === 'shared';
    if (local && problem !== undefined) this.#screen.say('scalekit', problem, 'bad');
    const text = this.#describe(scalekit);
    if (text !== this.#said && text !== '') this.#screen.say('scalekit', text);
    this.#said = text;
    return scalekit;
  }

  #describe(scalekit: Scalekit): string {
    switch (scalekit.kind) {
      case 'started':
        return `${scalekit.url} (local, no account needed)`;
      case 'shared':
        return scalekit.missing.length === 0
          ? `${scalekit.url} (local, already running)`
          : `${scalekit.url} (local, already running, and without the scopes ${scalekit.missing.join(', ')}: stop it, and dev starts its own)`;
      case 'elsewhere':
        return this.#settings.environmentUrl ?? '';
      case 'failed':
        return '';
    }
  }

  async #announce(port: number, since: number): Promise<void> {
    const ready = await this.#server.ready(port, patience);
    if (this.#surroundings.signal.aborted) return;
    if (!ready) {
      if (this.#server.running)
        this.#screen.say('server', `runs, and does not listen on port ${port} yet`, 'bad');
      return;
    }
    const { mcpUrl } = this.#settings;
    const endpoint = mcpUrl === undefined ? `http://localhost:${port}/mcp` : serverUrls(mcpUrl).endpoint;
    const verb = this.#hasServed ? 'restarted' : 'ready';
    this.#screen.say('server', `${endpoint} ${verb} in ${seconds(performance.now() - since)}`, 'good');
    if (!this.#hasServed) this.#screen.show('\nPress Ctrl-C to stop everything.\n');
    this.#hasServed = true;
  }

  async #crashed(how: string): Promise<void> {
    // Ctrl-C in a terminal reaches the server as well as us, and the server may end first.
    await delay(100, undefined, { ref: false });
    if (this.#surroundings.signal.aborted || this.#server.running) return;
    this.#screen.say('server', `ended ${how}; waiting for a change`, 'bad');
  }

  /** Prints what went wrong; at the very start, when nothing runs yet, it ends the command. */
  #fail(reason: string, next: string): void {
    if (!this.#begun) throw new UserError(reason, { next });
    this.#screen.say('server', `${reason} ${next}`, 'bad');
  }
}
