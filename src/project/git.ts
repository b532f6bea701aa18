import { type RunOptions, runProgram } from './programs.ts';

/** What became of the repository. */
export type GitResult =
  | { readonly state: 'committed' }
  /** `detail` says why not, and what to do. */
  | { readonly state: 'staged' | 'skipped'; readonly detail: string };

const message = 'Start from create-scalekit-mcp';

/**
 * `git init` and a first commit, unless the project is in a repository already. Never fails: a project without a first
 * commit is whole, and what is left to do is said.
 */
export async function initialiseRepository(options: RunOptions): Promise<GitResult> {
  const git = (...args: readonly string[]) => runProgram('git', args, options);
  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (inside.absent) return { state: 'skipped', detail: 'git was not found.' };
  if (inside.exitCode === 0)
    return { state: 'skipped', detail: 'This is inside a git repository already: commit it there.' };
  const named = await git('config', 'init.defaultBranch');
  const made = await git(...(named.exitCode === 0 ? [] : ['-c', 'init.defaultBranch=main']), 'init');
  if (made.exitCode !== 0) return { state: 'skipped', detail: lastLine(made.output) };
  await git('add', '--all');
  // No editor, and no question for a passphrase: a signature that needs a person is theirs to make.
  const committed = await git('commit', '--quiet', '--no-verify', '--message', message);
  if (committed.exitCode === 0) return { state: 'committed' };
  const unknown = /tell me who you are|user\.(?:name|email)|empty ident/i.test(committed.output);
  const why = unknown
    ? 'git does not know your name (git config --global user.name, user.email)'
    : lastLine(committed.output);
  return { state: 'staged', detail: `${why}. Everything is staged: git commit -m "${message}"` };
}

function lastLine(output: string): string {
  return (output.trim().split('\n').at(-1) ?? 'git failed').replace(/\.$/, '');
}
