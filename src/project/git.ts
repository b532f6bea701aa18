import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, type RunOptions, runProgram } from './programs.ts';

/** Whether the project was committed. */
export type GitResult =
  | { readonly state: 'committed' }
  /** `detail` says why not and what to do. */
  | { readonly state: 'staged' | 'skipped'; readonly detail: string };

const message = 'Start from create-scalekit-mcp';
const commit = `git commit -m "${message}"`;
const stageAndCommit = `git add --all && ${commit}`;

/** Committed if they exist, even if a global ignore file names them. */
const lockfiles = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/**
 * Runs `git init` and makes a first commit, unless the project is in a repository already. Never fails: a project without
 * a first commit is complete, and the result says what is left to do.
 * @param files paths in the folder that must be committed, even if this machine ignores them.
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
  if (made.exitCode !== 0) return { state: 'skipped', detail: `${reasonIn(made.output)}.` };
  const needed = [...files, ...lockfiles.filter((name) => existsSync(join(options.cwd, name)))];
  const all = await git('add', '--all');
  const staged = all.exitCode === 0 ? await git('add', '--force', '--', ...needed) : all;
  if (staged.exitCode !== 0)
    return { state: 'skipped', detail: `${reasonIn(staged.output)}. Then: ${stageAndCommit}` };
  // Nothing here may ask: no editor opens, and a commit that needs a passphrase fails and is left to the person.
  const committed = await git('commit', '--quiet', '--no-verify', '--message', message);
  if (committed.exitCode === 0) return { state: 'committed' };
  const unknown = /tell me who you are|user\.(?:name|email)|empty ident/i.test(committed.output);
  const why = unknown
    ? 'git does not know your name (git config --global user.name, user.email)'
    : reasonIn(committed.output);
  return { state: 'staged', detail: `${why}. Everything is staged: ${commit}` };
}

/** @returns what to do in an existing repository, naming the files that it ignores. */
async function insideAnother(
  git: (...args: readonly string[]) => Promise<Finished>,
  files: readonly string[],
): Promise<string> {
  const ignored = (await git('check-ignore', '--', ...files)).stdout.trim();
  const forced =
    ignored === '' ? '' : ` git ignores some of its files: git add --force ${ignored.split('\n').join(' ')}`;
  return `This is inside a git repository already: commit it there.${forced}`;
}

/**
 * @returns why git failed, in its own words: the first line that names an error. The last one often says only what did not happen
 * ("failed to write commit object" where a signature could not be made).
 */
function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  const named = lines.find((line) => /^(?:error|fatal): /.test(line)) ?? lines.at(-1);
  return (named || 'git failed').replace(/[.:?]+$/, '');
}
