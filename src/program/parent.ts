import { readFileSync } from 'node:fs';

/** How often a program started by npm checks that npm is still running, in ms. */
const interval = 500;

const shells = /^-?(?:ba|da|z|k|a)?sh$/;

/** A process, as its children see it. */
interface Ancestor {
  readonly name: string;
  /** Its own parent. */
  readonly parent: number;
}

async function ancestor(pid: number): Promise<Ancestor | undefined> {
  try {
    if (process.platform === 'linux') {
      // `pid (name) state ppid …`; the name may contain anything.
      const [, name = '', parent] =
        /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return parent === undefined ? undefined : { name, parent: Number(parent) };
    }
    const { runProgram } = await import('../project/programs.ts');
    const args = ['-o', 'ppid=,comm=', '-p', String(pid)];
    const { stdout } = await runProgram('ps', args, { cwd: '/', env: process.env, limit: 3000 });
    const [, parent, path = ''] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
    return parent === undefined ? undefined : { name: path.replace(/^.*\//, ''), parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Ends a program when the npm that started it ends. There is a shell in between: on SIGTERM, npm and the shell end, but
 * the script is not told; when npm is killed, the shell stays and keeps waiting. Either way the program would keep its
 * ports for good. Without npm a program may outlive its parent, as `scalekit-mcp dev &` in a script does. (Windows
 * keeps the id of a parent that has ended, so there nothing is noticed.)
 * @param end called once, when npm is gone.
 * @returns what stops watching.
 */
export function watchParents(end: () => void): () => void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return () => {};
  const parent = process.ppid;
  let npm: number | undefined;
  // Starts later, because most commands are over by then.
  const first = setTimeout(async () => {
    const shell = await ancestor(parent);
    if (shell !== undefined && shells.test(shell.name) && shell.parent > 1) npm = shell.parent;
  }, interval / 2).unref();
  const timer = setInterval(() => {
    if (process.ppid !== parent || (npm !== undefined && isGone(npm))) end();
  }, interval).unref();
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}
