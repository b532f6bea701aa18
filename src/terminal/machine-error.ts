import { systemCode, UserError } from './errors.ts';

/** What the system refuses, in words: the machine's state, and no bug of ours. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  EROFS: 'the disk is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk reports an error',
};

/** @returns a system's code in words, with the code behind them; the code alone where it says nothing to a person. */
export function inWords(code: string): string {
  const reason = reasons[code];
  return reason === undefined ? code : `${reason} (${code})`;
}

/**
 * @returns an error for the person, where the system refused to read or write a path; undefined for every other error,
 *   which may be a bug.
 */
export function machineError(error: unknown): UserError | undefined {
  const code = systemCode(error);
  if (code === undefined || reasons[code] === undefined) return undefined;
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (path === undefined) return undefined;
  // A folder of a person's that cannot be made is refused at the first part of its path that is missing.
  const isHome = syscall === 'mkdir' && (process.env.HOME ?? '').startsWith(path);
  const isState = isHome || (/[\\/]scalekit-mcp(?:[\\/]|$)/.test(path) && !path.includes('node_modules'));
  return new UserError(
    `${path} cannot be ${writes.has(syscall ?? '') ? 'written' : 'read'}: ${inWords(code)}.`,
    {
      code: `system/${code}`,
      cause: error,
      ...(isState
        ? { next: 'make it usable, or set XDG_STATE_HOME to a folder that this user can write to' }
        : {}),
    },
  );
}

const writes = new Set([
  'write',
  'mkdir',
  'rename',
  'link',
  'unlink',
  'rm',
  'chmod',
  'symlink',
  'copyfile',
  'ftruncate',
]);
