import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunOptions } from '../../project/programs.ts';
import type { UpdatePlan } from './plan.ts';

/** @returns what an update would change, as `git diff` shows it, without tarballs and records, which nobody reads. */
export async function differenceOf(
  directory: string,
  { files, writes, removes }: UpdatePlan,
  options: Omit<RunOptions, 'cwd'>,
): Promise<string> {
  const { runProgram } = await import('../../project/programs.ts');
  const folder = await mkdtemp(join(tmpdir(), 'scalekit-mcp-diff-'));
  const put = async (side: 'a' | 'b', path: string, content: string | Uint8Array | undefined) => {
    await mkdir(join(folder, side), { recursive: true });
    if (content === undefined) return;
    await mkdir(dirname(join(folder, side, path)), { recursive: true });
    await writeFile(join(folder, side, path), content);
  };
  try {
    for (const { path } of files) {
      if (!writes.has(path) && !removes.includes(path)) continue;
      await put('a', path, await readFile(join(directory, path)).catch(() => undefined));
      await put('b', path, writes.get(path));
    }
    // The exit code is 1 if there is a difference.
    const args = ['diff', '--no-index', '--no-prefix', '--no-color', '--no-ext-diff', 'a', 'b'];
    return (await runProgram('git', args, { ...options, cwd: folder })).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
