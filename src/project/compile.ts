import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  compiledFolder,
  compilerOutput,
  findCompiler,
  languageIn,
  type TypeScriptProject,
} from './layout.ts';
import { lastLines, runProgram } from './programs.ts';

/** What the compiler said. */
export interface Compilation {
  readonly ok: boolean;
  /** Without the list of emitted files. */
  readonly messages: string;
  readonly errors: number;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

export interface Transformation extends Compilation {
  /** Whether anything that the server may load has changed. */
  readonly changed: boolean;
}

/** What `dev` asks about a project's sources. */
export interface Sources {
  /** Writes what the server runs, if that is not the sources themselves, and says whether they can run. */
  transform(signal: AbortSignal): Promise<Transformation>;
  /** Does the slower checks while the server restarts. */
  check(signal: AbortSignal): Promise<Compilation>;
  forget(): void;
}

/** How the compiler marks a line of `--listEmittedFiles`. */
const listing = 'TSFILE: ';

/**
 * Options that only turn TypeScript into JavaScript: no types, no packages, and the smallest library there is. Syntax
 * errors are still reported.
 */
const onlyTransform = [
  '--noCheck',
  '--noResolve',
  '--types',
  'null',
  '--lib',
  'es5',
  '--incremental',
  'false',
];

/**
 * Runs the project's compiler, once per call. Producing the JavaScript takes about 20 ms (`transform`), checking types ten
 * times as long (`check`), so that the check runs while the server restarts. (docs/decisions.md says why the compiler's own
 * watch mode is not used.)
 */
export class Compiler implements Sources {
  readonly #project: TypeScriptProject;
  readonly #pretty: boolean;
  readonly #command: readonly [program: string, ...args: string[]];
  /**
   * The compiler's build info, kept between checks but not between sessions: `npm test` writes the same folder without
   * updating it, so a later session would trust stale information.
   */
  readonly #memory: string;
  /** A hash of what was last written, by path. */
  readonly #written = new Map<string, string>();

  /** @param pretty whether messages have colours and show the code. */
  constructor(project: TypeScriptProject, pretty: boolean) {
    this.#project = project;
    this.#pretty = pretty;
    this.#command = commandOf(project.compiler);
    this.#memory = join(project.directory, 'dist/.dev.tsbuildinfo');
    this.forget();
  }

  /** Makes the next check start from scratch. */
  forget(): void {
    rmSync(this.#memory, { force: true });
  }

  /** Writes what the server runs. On errors nothing is written, so the last good state stays. */
  async transform(signal: AbortSignal): Promise<Transformation> {
    const { lines, ...compilation } = await this.#run(
      [...compilerOutput, '--listEmittedFiles', ...onlyTransform],
      signal,
    );
    const written = lines
      .filter((line) => line.startsWith(listing))
      .map((line) => line.slice(listing.length));
    const copied = compilation.ok ? copyJson(this.#project.directory) : [];
    return { ...compilation, changed: this.#remember([...written, ...copied]) };
  }

  /** Checks types; writes nothing. */
  async check(signal: AbortSignal): Promise<Compilation> {
    const options = ['--noEmit', '--incremental', '--tsBuildInfoFile', this.#memory];
    const { lines: _, ...compilation } = await this.#run(options, signal);
    return compilation;
  }

  async #run(
    options: readonly string[],
    signal: AbortSignal,
  ): Promise<Compilation & { readonly lines: readonly string[] }> {
    const started = performance.now();
    const [program, ...first] = this.#command;
    const { directory } = this.#project;
    const args = [...first, '-p', directory, '--pretty', String(this.#pretty), ...options];
    const { exitCode, output } = await runProgram(program, args, {
      cwd: directory,
      env: process.env,
      signal,
    });
    const lines = output.split(/\r?\n/);
    const messages = lines.filter((line) => !line.startsWith(listing));
    return {
      ok: exitCode === 0,
      messages: messages.join('\n').trim(),
      errors: messages.filter((line) => /\berror TS\d+: /.test(stripVTControlCharacters(line))).length,
      duration: performance.now() - started,
      lines,
    };
  }

  #remember(written: readonly string[]): boolean {
    const served = join(compiledFolder, 'src', sep);
    let changed = false;
    for (const path of written) {
      if (!relative(this.#project.directory, path).startsWith(served) || path.endsWith('.map')) continue;
      const hash = createHash('sha256').update(readFileSync(path)).digest('base64');
      if (this.#written.get(path) !== hash) changed = true;
      this.#written.set(path, hash);
    }
    return changed;
  }
}

/**
 * TypeScript 7's `tsc` is a script that only starts the native compiler; running that directly saves a start of Node.
 * @param script of the project's TypeScript.
 */
function commandOf(script: string): readonly [string, ...string[]] {
  const name = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
  try {
    const folder = dirname(createRequire(script).resolve(name));
    const proper = join(folder, 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc');
    if (existsSync(proper)) return [proper];
  } catch {
    // An older TypeScript, or one installed for another platform: its script says so.
  }
  return [process.execPath, script];
}

/** Copies the JSON among the sources, which the compiler emits only when it resolves imports. @returns the copies. */
function copyJson(directory: string): readonly string[] {
  const source = join(directory, 'src');
  const entries = existsSync(source) ? readdirSync(source, { withFileTypes: true, recursive: true }) : [];
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => {
      const from = join(entry.parentPath, entry.name);
      const to = join(directory, compiledFolder, relative(directory, from));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
      return to;
    });
}

/**
 * Compiles a generated project, as `dev` does. Python needs no building.
 * @returns the compiler's errors, or undefined if there were none.
 */
export async function buildProject(directory: string, signal: AbortSignal): Promise<string | undefined> {
  if (languageIn(directory) === 'python') return undefined;
  const compiler = findCompiler(directory);
  if (compiler === undefined)
    return 'TypeScript was not found in the project: its packages are not installed.';
  const options = { cwd: directory, env: process.env, signal };
  const { exitCode, output } = await runProgram(process.execPath, [compiler, ...compilerOutput], options);
  return exitCode === 0 ? undefined : lastLines(output) || `tsc ended with ${exitCode}`;
}
