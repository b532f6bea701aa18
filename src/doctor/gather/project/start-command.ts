import { posix } from 'node:path';
import { objectIn, strings } from '../../reading.ts';
import type { TextFile } from './files.ts';

/** How a project is started, according to its own files. Nothing is run here. */

const usualEntries = ['server.py', 'main.py', 'app.py', 'src/server.py', 'src/main.py'];

/** `CMD ["python", "server.py"]` or `CMD python server.py`; a Procfile's `web: …`. */
function fromFiles(files: readonly TextFile[]): string | undefined {
  const text = (name: RegExp) => files.find(({ file }) => name.test(file))?.text ?? '';
  const procfile = /^web:\s*(.+)$/m.exec(text(/^Procfile$/))?.[1];
  if (procfile !== undefined) return procfile.trim();
  const command = /^CMD\s+(.+)$/m.exec(text(/^Dockerfile$/))?.[1]?.trim();
  if (command === undefined || !command.startsWith('[')) return command;
  try {
    return strings(JSON.parse(command)).join(' ');
  } catch {
    return undefined;
  }
}

/** @returns the built file that the script `start` runs, e.g. `dist/src/main.js`; undefined if it runs none. */
export function builtEntryOf(manifest: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const start = objectIn(manifest?.scripts)?.start;
  return typeof start === 'string' ? /\b(?:dist|build|out)\/[\w./-]*/.exec(start)?.[0] : undefined;
}

/** @returns the script of package.json that starts the server: `start` runs what is built, `dev` the source. */
function fromManifest(manifest: Readonly<Record<string, unknown>>, hasBuild: boolean): string | undefined {
  const scripts = objectIn(manifest.scripts) ?? {};
  const { start, dev } = scripts;
  if (typeof start === 'string' && hasBuild) return 'npm start';
  return typeof dev === 'string' ? 'npm run dev' : typeof start === 'string' ? 'npm start' : undefined;
}

/** FastAPI: the file makes an application but does not run it. `uvicorn main:app`, from the folder that the module is in. */
function asgiCommand(python: readonly TextFile[], port: string | undefined): string | undefined {
  const isRun = /__name__\s*==\s*["']__main__["']|\b(?:uvicorn|mcp|server)\.run\s*\(/;
  const made = python.find(({ text }) => /^(\w+)\s*(?::[^=\n]+)?=\s*(?:FastAPI|Starlette)\s*\(/m.test(text));
  if (made === undefined || isRun.test(made.text)) return undefined;
  const name = /^(\w+)\s*(?::[^=\n]+)?=\s*(?:FastAPI|Starlette)\s*\(/m.exec(made.text)?.[1];
  const { dir, name: module } = posix.parse(made.file);
  const from = dir === '' ? '' : ` --app-dir ${dir}`;
  return `uvicorn ${module}:${name}${from}${port === undefined ? '' : ` --port ${port}`}`;
}

/**
 * @param port from the settings; it is passed as an argument to a program that does not read them.
 * @returns the command that starts the server, or undefined if no file names one.
 */
export function startCommandOf(
  manifest: Readonly<Record<string, unknown>>,
  sources: readonly TextFile[],
  production: readonly TextFile[],
  hasBuild: boolean,
  port: string | undefined,
): string | undefined {
  const script = fromManifest(manifest, hasBuild);
  if (script !== undefined) return script;
  const python = sources.filter(({ file }) => file.endsWith('.py'));
  const asgi = asgiCommand(python, port);
  if (asgi !== undefined) return asgi;
  const entry =
    usualEntries.find((name) => python.some(({ file }) => file === name)) ??
    python.find(({ text }) => /__name__\s*==\s*["']__main__["']/.test(text))?.file;
  return entry === undefined ? fromFiles(production) : `python ${entry}`;
}
