import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localFile, settleSwitches } from '../emulator/local-file.ts';
import { LocalScalekit, type Scalekit, scopesOfProject, wantedScalekit } from '../emulator/of-project.ts';
import { type Switches, trustNotice } from '../emulator/switches.ts';
import { type Compilation, Compiler, type Sources } from '../project/compile.ts';
import type { Project } from '../project/layout.ts';
import { isListening, portOwner } from '../project/ports.ts';
import { PythonSources } from '../project/python-sources.ts';
import { scopesFiles } from '../project/scopes-file.ts';
import { readSettings, type Settings } from '../project/settings.ts';
import type { Changes } from '../project/watch.ts';
import { printable } from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';
import { endpointOf, readyBlock } from './ready-block.ts';
import { makeScreen, type Screen, seconds, type Terminal } from './screen.ts';
import { ServerProcess } from './server-process.ts';

/** How long a server that is ended with us may take for its open requests, in ms. */
const graceAtEnd = 3000;
/** When to mention that the server is not listening yet, in ms. */
const patience = 10_000;

/** What a run of `dev` uses besides the project’s files. */
export interface SessionContext extends Terminal {
  /** The project's directory. */
  readonly cwd: string;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** One run of `dev`: what is running, and what happens when a file is saved. */
export class Session {
  readonly #project: Project;
  readonly #context: SessionContext;
  readonly #screen: Screen;
  readonly #compiler: Sources;
  readonly #scalekit: LocalScalekit;
  readonly #server: ServerProcess;
  #settings: Settings;
  /** The last settings that could be read. */
  #scopes: ReturnType<typeof scopesOfProject>['scopes'] | undefined;
  #switches: Switches;
  /** What was last printed about Scalekit; printed again only when it changes. */
  #said = '';
  #begun = false;
  /** What the doctor has found in the project's files. */
  #found: readonly string[] = [];
  /** The type check in progress. */
  #checking = new AbortController();
  /** Resolves when the server that was started last is ready, or has failed. */
  #announced: Promise<void> = Promise.resolve();
  #hasServed = false;
  /** The port of the server that was started last. */
  #port: number | undefined;

  constructor(project: Project, context: SessionContext, options: Readonly<Record<string, unknown>>) {
    this.#project = project;
    this.#context = context;
    const screen = makeScreen(context);
    this.#screen = screen;
    this.#settings = readSettings(project.environmentFile, context.env);
    const { decides, note } = settleSwitches(project.directory, options, true);
    this.#switches = decides;
    if (note !== undefined) screen.say('scalekit', note, 'quiet');
    this.#compiler =
      project.language === 'python' ? new PythonSources(project) : new Compiler(project, screen.colours);
    this.#scalekit = new LocalScalekit(context.env, {
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

  /** LOG_FORMAT: a person reads the log, although through a pipe. DRAIN_SECONDS: nobody waits for connections to end. */
  #serverEnvironment(): Readonly<Record<string, string | undefined>> {
    const { logFormat = 'text', drainSeconds = '0' } = this.#settings;
    const plain = this.#screen.colours ? {} : { NO_COLOR: '1' };
    // Node.js caches the compiled packages, which saves a quarter of a restart (22.1 and later; others ignore it).
    const cache = { NODE_COMPILE_CACHE: join(this.#project.directory, 'node_modules/.cache/node') };
    const own = { LOG_FORMAT: logFormat, DRAIN_SECONDS: drainSeconds };
    return { ...plain, ...cache, ...this.#context.env, ...own };
  }

  async begin(): Promise<void> {
    const since = performance.now();
    this.#server.prepare(this.#serverEnvironment());
    await this.#examine();
    if (await this.#transform('')) await this.#serve(since);
    else this.#server.discard();
    this.#begun = true;
    void this.#check('');
  }

  async react({ files, since }: Changes): Promise<void> {
    const has = (file: string) => files.includes(file);
    const isEnvironment = has('.env');
    if ((isEnvironment || has(localFile)) && !this.#readSettings()) return;
    // It loads the packages while the compiler runs.
    if (files.some(isOfServer)) this.#server.prepare(this.#serverEnvironment());
    try {
      await this.#follow({ files, since }, isEnvironment);
    } finally {
      this.#server.discard();
    }
  }

  async #follow({ files, since }: Changes, isEnvironment: boolean): Promise<void> {
    const has = (file: string) => files.includes(file);
    // New scopes are on the consent page without waiting for the compiler.
    if (has(localFile) || has(scopesFiles[this.#project.language])) await this.#followScalekit();
    if (isEnvironment) await this.#examine();
    const sources = files.filter((file) => file !== '.env' && file !== localFile);
    const subject = sources.join(', ');
    const changed = sources.length > 0 ? await this.#transform(subject) : false;
    if (this.#context.signal.aborted || changed === undefined) return;
    // If only `.env` changed, the last source is started again.
    const wanted = isEnvironment || changed || !this.#server.running || this.#server.hasFailed;
    if (wanted && existsSync(this.#project.entry)) await this.#serve(since);
    if (sources.length > 0) void this.#check(subject);
  }

  /** @returns false if a file cannot be read, after saying so. */
  #readSettings(): boolean {
    try {
      this.#settings = readSettings(this.#project.environmentFile, this.#context.env);
      this.#switches = settleSwitches(this.#project.directory).decides;
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#screen.say('server', error.message, 'bad');
      return false;
    }
  }

  async end(): Promise<void> {
    this.#checking.abort();
    await Promise.all([this.#server.stop(graceAtEnd), this.#scalekit.close()]);
    this.#compiler.forget();
  }

  /** Without the local Scalekit: says what is wrong with the settings before the server finds out. */
  async #examine(): Promise<void> {
    this.#found = [];
    if (wantedScalekit(this.#settings) === undefined) await this.#sayFindings();
  }

  /** Says what the doctor finds in the project's files, each error once for each `.env`. */
  async #sayFindings(): Promise<void> {
    const { cwd, env, signal } = this.#context;
    const { quickFindings } = await import('./quick-findings.ts');
    const findings = await quickFindings(cwd, env, signal);
    for (const line of findings.filter((each) => !this.#found.includes(each)))
      this.#screen.say('doctor', line, 'bad');
    this.#found = findings;
  }

  /** @returns whether what the server loads has changed; undefined if the source cannot be read, after saying so. */
  async #transform(what: string): Promise<boolean | undefined> {
    this.#checking.abort();
    const transformed = await this.#compiler.transform(this.#context.signal);
    if (transformed.ok) return transformed.changed;
    const then = this.#server.running ? 'the server keeps running as it was' : 'waiting for a change';
    this.#showErrors(what, transformed, then);
    return undefined;
  }

  /** Checks the types while the server is already restarting, until the next change. */
  async #check(what: string): Promise<void> {
    this.#checking = new AbortController();
    const { signal } = this.#checking;
    try {
      // The server comes first: both at once would slow it down.
      await Promise.race([this.#announced, delay(patience, undefined, { ref: false })]);
      const checked = await this.#compiler.check(AbortSignal.any([signal, this.#context.signal]));
      if (!checked.ok) this.#showErrors(what, checked, 'the server runs all the same');
      else this.#screen.say('compile', `${subjectOf(what)}no errors, ${seconds(checked.duration)}`, 'quiet');
    } catch (error) {
      // The next change starts the next check.
      if (signal.aborted || this.#context.signal.aborted) return;
      this.#screen.say('compile', printable(String(error)), 'bad');
    }
  }

  #showErrors(what: string, { errors, messages }: Compilation, then: string): void {
    if (this.#context.signal.aborted) return;
    this.#screen.show(`\n${messages}\n`);
    this.#screen.say(
      'compile',
      `${subjectOf(what)}${errors === 1 ? '1 error' : `${errors} errors`}; ${then}`,
      'bad',
    );
  }

  /** Makes Scalekit and the server match the files. @param since when the change was noticed. */
  async #serve(since: number): Promise<void> {
    if (!existsSync(this.#project.entry))
      return this.#fail(
        `There is no ${relative(this.#project.directory, this.#project.entry)} after compiling.`,
        'tsconfig.json has to include "src", and src/main.ts is where the server starts.',
      );
    const scalekit = await this.#followScalekit();
    if (scalekit.kind === 'failed') return this.#fail(scalekit.reason, scalekit.next);
    if (this.#context.signal.aborted) return;
    const { port } = this.#settings;
    const isOurs = this.#server.running && port === this.#port;
    if (!isOurs && (await isListening(port)))
      return this.#fail(
        `Port ${port} is taken by ${(await portOwner(port)) ?? 'another program (perhaps another dev)'}.`,
        'Stop that one, or set another PORT, and the same in MCP_URL, in .env.',
      );
    this.#port = port;
    // Not awaited: a server that never gets ready must not hold up the next change.
    this.#announced = this.#announce(port, since);
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
    const sayLate = () => this.#screen.say('server', `runs, and does not listen on port ${port} yet`, 'bad');
    const isReady = await this.#server.replace(this.#serverEnvironment(), port, patience, sayLate);
    if (this.#context.signal.aborted || !isReady) return;
    const { mcpUrl } = this.#settings;
    const ready = { endpoint: endpointOf(mcpUrl, port), duration: seconds(performance.now() - since) };
    if (this.#hasServed)
      this.#screen.say('server', `${ready.endpoint} restarted in ${ready.duration}`, 'good');
    else
      this.#screen.show(readyBlock({ ...ready, project: this.#project, emulator: this.#scalekit.emulator }));
    this.#hasServed = true;
  }

  async #crashed(how: string): Promise<void> {
    // On Windows Ctrl-C reaches the server as well as us, and the server may end first.
    await delay(100, undefined, { ref: false });
    if (this.#context.signal.aborted || (this.#server.running && !this.#server.hasFailed)) return;
    const then = this.#server.running ? 'the server keeps running as it was' : 'waiting for a change';
    this.#screen.say('server', `ended ${how}; ${then}`, 'bad');
    // The server names a variable that is missing; the doctor, the line that was to set it.
    if (!this.#server.running) await this.#sayFindings();
  }

  /** Prints what went wrong; at the very start, when nothing runs yet, it ends the command. */
  #fail(reason: string, next: string): void {
    if (!this.#begun) throw new UserError(reason, { next });
    this.#screen.say('server', `${reason} ${next}`, 'bad');
  }
}

/** Whether a server has to be ready when this file has changed. What it loads is known after the compiler. */
function isOfServer(file: string): boolean {
  return !file.startsWith(`test${sep}`) && file !== localFile;
}

function subjectOf(what: string): string {
  return what === '' ? '' : `${printable(what)}: `;
}
