import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, type RunOptions, runProgram } from './programs.ts';

/** What became of the repository. */
export type GitResult =
  | { readonly state: 'committed' }
  /** `detail` says why not, and what to do. */
  | { readonly state: 'staged' | 'skipped'; readonly detail: string };

const message = 'Start from create-scalekit-mcp';

/** What a project needs beside its own files, where it is there: a global ignore file may name these, too. */
const lockfiles = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/**
 * `git init` and a first commit, unless the project is in a repository already. Never fails: a project without a first
 * commit is whole, and what is left to do is said.
 * @param files what has to be in the commit, whatever this machine ignores: paths in the folder.
 */
export async function initialiseRepository(
  files: readonly string[],
  options: RunOptions,
): Promise<GitResult> {
  const git = (...args: readonly string[]) => runProgram('git', args, options);
  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (inside.absent) return { state: 'skipped', detail: 'git was not found.' };
  if (inside.exitCode === 0) return { state: 'skipped', detail: await insideAnother(git, files) };
  const named = await git('config', 'init.defaultBranch');
  const made = await git(...(named.exitCode === 0 ? [] : ['-c', 'init.defaultBranch=main']), 'init');
  if (made.exitCode !== 0) return { state: 'skipped', detail: lastLine(made.output) };
  await git('add', '--all');
  const needed = [...files, ...lockfiles.filter((name) => existsSync(join(options.cwd, name)))];
  await git('add', '--force', '--', ...needed);
  // No editor, and no question for a passphrase: a signature that needs a person is theirs to make.
  const committed = await git('commit', '--quiet', '--no-verify', '--message', message);
  if (committed.exitCode === 0) return { state: 'committed' };
  const unknown = /tell me who you are|user\.(?:name|email)|empty ident/i.test(committed.output);
  const why = unknown
    ? 'git does not know your name (git config --global user.name, user.email)'
    : lastLine(committed.output);
  return { state: 'staged', detail: `${why}. Everything is staged: git commit -m "${message}"` };
}

/** @returns what is to be done in a repository that is there already; what it would leave out is named. */
async function insideAnother(
  git: (...args: readonly string[]) => Promise<Finished>,
  files: readonly string[],
): Promise<string> {
  const ignored = (await git('check-ignore', '--', ...files)).stdout.trim();
  const forced =
    ignored === '' ? '' : ` git ignores some of it here: git add --force ${ignored.split('\n').join(' ')}`;
  return `This is inside a git repository already: commit it there.${forced}`;
}

function lastLine(output: string): string {
  return (output.trim().split('\n').at(-1) ?? 'git failed').replace(/\.$/, '');
}
