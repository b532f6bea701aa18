import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeEnv } from '../../../project/env-file.ts';
import { oddLinesOf } from '../../../project/env-oddities.ts';
import { type Assignment, assignmentsOf, byteOrderMark } from '../../../project/env-text.ts';
import { compoundVariables, maskSecrets, variableAliases, variableNames } from '../../../scalekit/index.ts';
import type { EnvFile, EnvLine, ProjectKind } from '../../facts/index.ts';
import { readTextOrWhyNot } from './files.ts';
import { gitState } from './git.ts';

/** The variables whose values the checks read. Of all others only the name is kept. */
const keptNames: ReadonlySet<string> = new Set([
  'NODE_ENV',
  ...variableNames,
  ...Object.values(variableAliases).flat(),
  ...Object.values(compoundVariables).flat(),
]);

const secretName = /(?:SECRET|PASSWORD|PRIVATE_KEY|ACCESS_TOKEN)$/;

type Environment = Readonly<Record<string, string | undefined>>;

/** An env file as it is on the disk, before it is known by whose rules it is read. */
export interface RawEnvFile extends Pick<EnvFile, 'file' | 'unreadable' | 'mode' | 'git' | 'loadedOutside'> {
  readonly text?: string;
}

/** Reads an env file, its permissions, and what git knows about it. */
export async function readEnvFile(directory: string, file: string): Promise<RawEnvFile | undefined> {
  const read = await readTextOrWhyNot(directory, file, (bytes) => decodeEnv(bytes).text);
  // Ask git only now: most projects have no .env.local, and each start of a program costs milliseconds.
  if (read === undefined) return undefined;
  const git = await gitState(directory, file);
  const hasModes = process.platform !== 'win32';
  const mode = hasModes ? (await stat(join(directory, file))).mode & 0o777 : undefined;
  return {
    ...read,
    file,
    ...(mode === undefined ? {} : { mode }),
    ...(git === undefined ? {} : { git }),
  };
}

function lineOf({ name, line, value: text }: Assignment, isHidden: boolean): EnvLine {
  const value = isHidden ? '' : text.trim();
  const isSecret = secretName.test(name) || maskSecrets(value) !== value;
  return {
    name,
    line,
    isEmpty: value === '',
    isSecret,
    ...(keptNames.has(name) ? { value: maskSecrets(value) } : {}),
  };
}

/** Kinds whose framework also reads `.env.local`. Our servers do not, and neither does python-dotenv. */
const readLocal: ReadonlySet<ProjectKind> = new Set(['mcp-use', 'xmcp']);

/**
 * @param readsLocal whether the project reads `.env.local`; by default as its kind does.
 * @returns what the text of an env file says to a project of this kind.
 */
export function envFileOf(
  { text, ...file }: RawEnvFile,
  kind: ProjectKind,
  env: Environment,
  readsLocal = readLocal.has(kind),
): EnvFile {
  const unread = file.file === '.env.local' && !readsLocal ? { unread: true } : {};
  if (text === undefined) return { ...file, ...unread, lines: [] };
  const rules = kind === 'fastmcp' || kind === 'python' ? 'python' : 'node';
  // Our own servers skip the mark; for every other program it is part of the first name.
  const startsWithMark = text.startsWith(byteOrderMark) && kind !== 'generated';
  const lines = assignmentsOf(text, rules, env).map((each) =>
    lineOf(each, startsWithMark && each.line === 1),
  );
  // Our own server and python-dotenv take spaces behind the = for no value; Node.js does not.
  const odd = oddLinesOf(text, rules).filter(
    ({ oddity }) => oddity !== 'only-blanks' || (rules === 'node' && kind !== 'generated'),
  );
  return {
    ...file,
    ...unread,
    lines,
    ...(odd.length === 0 ? {} : { odd }),
    ...(rules === 'python' ? { rules } : {}),
    ...(startsWithMark ? { startsWithMark } : {}),
  };
}
