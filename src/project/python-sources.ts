import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Compilation, Sources, Transformation } from './compile.ts';
import type { PythonProject } from './layout.ts';
import { runProgram } from './programs.ts';

/** Compiles each file, and writes nothing. The traceback of a syntax error names the file and the place. */
const compileAll = `
import sys, traceback
bad = 0
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            compile(file.read(), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        bad = 1
        print("".join(traceback.format_exception_only(error)))
sys.exit(bad)
`;

/** The sources of a Python project: nothing is built of them, and what cannot be parsed does not replace a server that runs. */
export class PythonSources implements Sources {
  readonly #project: PythonProject;
  #hash = '';
  #last: Compilation = { ok: true, messages: '', errors: 0, duration: 0 };

  constructor(project: PythonProject) {
    this.#project = project;
  }

  async transform(signal: AbortSignal): Promise<Transformation> {
    const started = performance.now();
    const { directory, interpreter } = this.#project;
    const files = pythonFiles(directory);
    const hash = createHash('sha256');
    for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(directory, file)));
    const now = hash.digest('base64');
    const { exitCode, output } = await runProgram(interpreter, ['-c', compileAll, ...files], {
      cwd: directory,
      env: process.env,
      signal,
    });
    const errors = output.match(/^ {2}File "/gm)?.length ?? 0;
    const duration = performance.now() - started;
    this.#last = {
      ok: exitCode === 0,
      messages: output.trim(),
      errors: Math.max(errors, exitCode ?? 1),
      duration,
    };
    const changed = this.#last.ok && now !== this.#hash;
    if (this.#last.ok) this.#hash = now;
    return { ...this.#last, changed };
  }

  /** Types are for `mypy`, which takes seconds: nothing more is looked at here. */
  async check(): Promise<Compilation> {
    return this.#last;
  }

  forget(): void {}
}

/** The server's own files: not those of its tests, nor of what is installed. */
function pythonFiles(directory: string): readonly string[] {
  const left = new Set(['node_modules', 'tests', '__pycache__', 'vendor']);
  const below = (folder: string): readonly string[] =>
    readdirSync(join(directory, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}${sep}${entry.name}`;
      if (entry.name.startsWith('.') || left.has(entry.name)) return [];
      if (entry.isDirectory()) return below(path);
      return entry.name.endsWith('.py') ? [path] : [];
    });
  return below('').toSorted();
}
