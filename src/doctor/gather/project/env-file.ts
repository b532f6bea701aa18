import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Assignment, assignmentsOf, byteOrderMark } from '../../../project/env-text.ts';
import { maskSecrets, variableAliases, variableNames } from '../../../scalekit/index.ts';
import type { EnvFile, EnvLine } from '../../facts.ts';
import { readTextOrWhyNot } from './files.ts';
import { gitState } from './git.ts';

/** The variables whose values the checks read; of all others only the name is kept. */
const keptNames: ReadonlySet<string> = new Set([
  'NODE_ENV',
  ...variableNames,
  ...Object.values(variableAliases).flat(),
]);

const secretName = /(?:SECRET|PASSWORD|PRIVATE_KEY|ACCESS_TOKEN)$/;

function readAssignment({ name, line, text }: Assignment): EnvLine {
  // Each on its own, so that a variable that is written twice shows both of its values.
  const value = (parseEnv(`${text}\n`)[name] ?? '').trim();
  const isSecret = secretName.test(name) || maskSecrets(value) !== value;
  return {
    name,
    line,
    isEmpty: value === '',
    isSecret,
    ...(keptNames.has(name) ? { value: maskSecrets(value) } : {}),
  };
}

/** What the text of an env file says, or why there is none. */
function readContent(
  read: Awaited<ReturnType<typeof readTextOrWhyNot>>,
): Partial<EnvFile> & Pick<EnvFile, 'lines'> {
  if (read === undefined || 'unreadable' in read) return { lines: [], ...read };
  const lines = assignmentsOf(read.text).map(readAssignment);
  return read.text.startsWith(byteOrderMark) ? { lines, startsWithMark: true } : { lines };
}

/** Reads an env file, its permissions, and what git knows of it. */
export async function readEnvFile(directory: string, file: string): Promise<EnvFile | undefined> {
  const [read, git] = await Promise.all([readTextOrWhyNot(directory, file), gitState(directory, file)]);
  if (read === undefined) return undefined;
  const hasModes = process.platform !== 'win32';
  const mode = hasModes ? (await stat(join(directory, file))).mode & 0o777 : undefined;
  return {
    file,
    ...readContent(read),
    ...(mode === undefined ? {} : { mode }),
    ...(git === undefined ? {} : { git }),
  };
}
