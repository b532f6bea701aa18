import { readdir, readFile } from 'node:fs/promises';
import { run } from './program.ts';

/** @returns the command lines of all processes of this machine, their arguments separated by any one character. */
export async function commandLines(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return (await run('ps', ['-axo', 'command='])).stdout.split('\n');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
}
