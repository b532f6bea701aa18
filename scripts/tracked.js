// The files of this repository, as git has them.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What git knows or would add below a folder: never a developer's `.env`, `node_modules` or `dist`.
 * @param {string} folder relative to the repository.
 * @returns {string[]} paths from the repository, with slashes, sorted.
 */
export function trackedFiles(folder) {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return list
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .sort();
}
