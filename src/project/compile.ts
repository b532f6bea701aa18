import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { compiledTests, compilerOutput, findCompiler, type Project } from './layout.ts';
import { lastLines, runProgram } from './programs.ts';

export interface Compilation {
  readonly ok: boolean;
  /** What the compiler said, without its list of files. */
  readonly messages: string;
  readonly errors: number;
  /** Whether files were written that the server may load and that differ from those of the compilation before. */
  readonly changed: boolean;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

/**
 * Runs the project's compiler, once a call: TypeScript 7 needs 0.4 s for a whole generated project and half of that for a
 * change (docs/decisions.md says why its own watch mode is not used).
 */
export class Compiler {
  readonly #project: Project;
  readonly #pretty: boolean;
  /**
   * What the compiler remembers from one run to the next. Of this session only: `npm test` between two sessions writes
   * the same folder without it, and a memory that outlived that would keep what is stale.
   */
  readonly #memory: string;
  /** What was written last, by path: a hash of the content. */
  readonly #written = new Map<string, string>();

  /** @param pretty whether messages come with colours and the code in question. */
  constructor(project: Project, pretty: boolean) {
    this.#project = project;
    this.#pretty = pretty;
    this.#memory = join(project.directory, 'dist/.dev.tsbuildinfo');
    this.forget();
  }

  /** The next run writes everything anew. */
  forget(): void {
    rmSync(this.#memory, { force: true });
  }

  /** Compiles; with errors nothing is written, so what is there is always the last state that was right. */
  async run(signal: AbortSignal): Promise<Compilation> {
    const started = performance.now();
    const { code, output } = await this.#compile(signal);
    const lines = output.split(/\r?\n/);
    const written = lines
      .filter((line) => line.startsWith(listing))
      .map((line) => line.slice(listing.length));
    const messages = lines.filter((line) => !line.startsWith(listing));
    return {
      ok: code === 0,
      messages: messages.join('\n').trim(),
      errors: messages.filter((line) => /\berror TS\d+: /.test(stripVTControlCharacters(line))).length,
      changed: this.#remember(written),
      duration: performance.now() - started,
    };
  }

  #arguments(): readonly string[] {
    return [
      ...['-p', this.#project.directory, '--pretty', String(this.#pretty), ...compilerOutput],
      ...['--listEmittedFiles', '--incremental', '--tsBuildInfoFile', this.#memory],
    ];
  }

  async #compile(signal: AbortSignal): Promise<{ code: number | undefined; output: string }> {
    // Somebody has cleaned up.
    if (!existsSync(this.#project.entry)) this.forget();
    const args = [this.#project.compiler, ...this.#arguments()];
    const { exitCode, output } = await runProgram(process.execPath, args, {
      cwd: this.#project.directory,
      env: process.env,
      signal,
    });
    return { code: exitCode, output };
  }

  #remember(written: readonly string[]): boolean {
    const tests = join(compiledTests, sep);
    let changed = false;
    for (const path of written) {
      if (!/\.[cm]?js$/.test(path) || relative(this.#project.directory, path).startsWith(tests)) continue;
      const hash = createHash('sha256').update(readFileSync(path)).digest('base64');
      if (this.#written.get(path) !== hash) changed = true;
      this.#written.set(path, hash);
    }
    return changed;
  }
}

/** How the compiler marks a line of `--listEmittedFiles`. */
const listing = 'TSFILE: ';

/**
 * Compiles a generated project, as `dev` does.
 * @returns what the compiler said, or undefined where it was content.
 */
export async function buildProject(directory: string, signal: AbortSignal): Promise<string | undefined> {
  const compiler = findCompiler(directory);
  if (compiler === undefined)
    return 'The project’s TypeScript was not found: its packages are not installed.';
  const options = { cwd: directory, env: process.env, signal };
  const { exitCode, output } = await runProgram(process.execPath, [compiler, ...compilerOutput], options);
  return exitCode === 0 ? undefined : lastLines(output) || `tsc ended with ${exitCode}`;
}
