import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, UserError } from '../../terminal/errors.ts';

/** What `add` reads of a project, and what it says where it cannot go on. */

/** What is added in one place of a file. */
export interface Addition {
  readonly path: string;
  /** Where in the file, for a person who does it by hand; undefined for a new file. */
  readonly where: string | undefined;
  readonly text: string;
}

/** @returns a file's text; undefined where it is not there. */
export function read(directory: string, path: string): string | undefined {
  try {
    return readFileSync(join(directory, path), 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`${path} cannot be read (${code}). Nothing was written.`, { code: 'add/unreadable' });
  }
}

/** Ends the command without writing anything, and says what a person can do. */
export function byHand(problem: string, additions: readonly Addition[]): UserError {
  const steps = additions.map(
    ({ path, where, text }) =>
      `${path}, ${where ?? 'a new file'}:\n\n${text.trimEnd().replaceAll(/^(?=.)/gm, '    ')}`,
  );
  return new UserError(`${problem}, so nothing was written. By hand:\n\n${steps.join('\n\n')}\n`, {
    code: 'add/not-understood',
    next: 'add this, and run the tests',
  });
}

/** Ends the command: what was asked for is there. */
export function refuseKnown(what: string, where: string): UserError {
  return new UserError(`${what} is there already: ${where}. Nothing was written.`, {
    code: 'add/exists',
    next: 'take another name, or change what is there',
  });
}
