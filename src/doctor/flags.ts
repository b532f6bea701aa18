import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { relative as relativePath, resolve as resolvePath } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { isUrl } from '../scalekit/index.ts';
import type { Context } from '../terminal/context.ts';
import { UsageError } from '../terminal/errors.ts';
import type { DiagnoseOptions } from './diagnose.ts';
import { clientNames, directoryNames } from './facts/index.ts';
import type { Target } from './gather/target.ts';
import type { Code, Step } from './model.ts';
import type { DoctorFlags } from './options.ts';
import { parseObject } from './reading.ts';
import { isSelectable, selectableWords, unknownWords } from './selection.ts';

export type Format = 'text' | 'json' | 'github';
const formats: readonly Format[] = ['text', 'json', 'github'];
const failLevels: ReadonlyArray<DiagnoseOptions['failOn']> = ['error', 'warning'];

/** What the doctor is to do, each option checked. */
export interface Examination extends DiagnoseOptions {
  readonly format: Format;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly target: Target;
  readonly watch: boolean;
  readonly fix: boolean;
  readonly yes: boolean;
  readonly save?: string;
  readonly from?: string;
}

const next = 'scalekit-mcp doctor --help';

function refuse(option: string, reason: string, actual: string, expected: string): UsageError {
  return new UsageError(`${option}: ${reason}: ${actual}\n    expected ${expected}`, { next });
}

function readFormat({ json, format }: DoctorFlags): Format {
  const name = format ?? (json ? 'json' : 'text');
  const known = formats.find((each) => each === name);
  if (known === undefined) throw refuse('--format', 'There is no such format', name, formats.join(', '));
  if (json && known !== 'json') throw refuse('--json', 'It contradicts --format', name, 'one of the two');
  return known;
}

/** @throws UsageError that lists the valid ones. */
function readName<Name extends string>(option: string, name: string, names: readonly Name[]): Name {
  const known = names.find((each) => each === name.toLowerCase());
  if (known === undefined) throw refuse(option, 'There is no such name', name, names.join(', '));
  return known;
}

function readFailOn({ failOn = 'error' }: DoctorFlags): DiagnoseOptions['failOn'] {
  const level = failLevels.find((each) => each === failOn);
  if (level === undefined)
    throw refuse('--fail-on', 'There is no such level', failOn, failLevels.join(' or '));
  return level;
}

function readList(option: string, list: string | undefined): readonly (Code | Step)[] {
  const words = (list ?? '').split(/[\s,]+/).filter((word) => word !== '');
  const normal = words.map((word) => (/^skm\d+$/i.test(word) ? word.toUpperCase() : word.toLowerCase()));
  const [unknown] = unknownWords(normal);
  if (unknown !== undefined)
    throw refuse(option, 'There is no such code or step', unknown, selectableWords());
  return normal.filter(isSelectable);
}

function readUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const expected = 'the URL that MCP clients use, e.g. https://mcp.example.com/mcp';
  if (!/^https?:\/\//i.test(url) || !isUrl(url))
    throw refuse('url', 'This is not an http(s) URL', url, expected);
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '')
    throw refuse('url', 'It holds a user name or password', parsed.host, expected);
  return parsed.pathname === '/' && !url.endsWith('/') ? parsed.href : url;
}

/** @throws UsageError if there is no such file: a file that was asked for is never silently skipped. */
function readEnvFileName(file: string, context: Context): string {
  const path = resolvePath(context.cwd, file);
  if (!existsSync(path))
    throw refuse('--env-file', 'There is no such file', file, 'a file of NAME=value lines');
  return relativePath(context.cwd, path).replaceAll('\\', '/');
}

/** @returns the token in what was pasted: a header, a value with its quotes or broken over lines, or the token endpoint's whole answer. */
export function bareToken(pasted: string): string {
  const inAnswer = parseObject(pasted)?.access_token;
  if (typeof inAnswer === 'string') return inAnswer;
  const value = pasted.replaceAll(/["'`]/g, '').trim();
  const named = value.replace(/^(?:authorization\s*[:=]\s*)?(?:bearer\s+)?(?:access_token\s*[:=]\s*)?/i, '');
  return named.replaceAll(/\s+/g, '');
}

async function readToken({ token }: DoctorFlags, context: Context): Promise<string | undefined> {
  const given = token === '-' ? await readAll(context.stdin) : (token ?? context.env.SCALEKIT_MCP_TOKEN);
  const bare = given === undefined ? undefined : bareToken(given);
  if (token !== undefined && !bare)
    throw new UsageError('--token: There is no token', { next: 'scalekit-mcp doctor --token <jwt>' });
  return bare || undefined;
}

/** Options that cannot be combined, and why. */
const contradictions: ReadonlyArray<readonly [keyof DoctorFlags, keyof DoctorFlags, string]> = [
  ['from', 'argument', '--from judges what was seen before, so there is no URL to ask'],
  ['from', 'token', '--from judges what was seen before, so there is no token to try'],
  ['from', 'fix', '--from judges what was seen before, maybe elsewhere, so there is nothing to fix'],
  ['from', 'watch', '--from judges saved facts, which do not change'],
  ['from', 'save', '--from judges facts that are already saved'],
  ['start', 'offline', '--start starts the server, and --offline only reads files: use one of them'],
  ['start', 'argument', '--start starts this project’s server, so there is no URL to ask'],
  ['from', 'start', '--from judges what was seen before, so there is nothing to start'],
  ['watch', 'fix', '--watch only watches, and --fix changes things: use one of them'],
  ['verbose', 'quiet', '--verbose and --quiet contradict each other'],
];

function contradictionIn(flags: DoctorFlags): string | undefined {
  const found = contradictions.find(([one, other]) => flags[one] && flags[other]);
  if (found !== undefined) return found[2];
  return flags.yes && !flags.fix ? '--yes has no meaning without --fix' : undefined;
}

/**
 * Checks the options.
 * @throws UsageError that names the first wrong one and what is expected.
 */
export async function readFlags(flags: DoctorFlags, context: Context): Promise<Examination> {
  const contradiction = contradictionIn(flags);
  if (contradiction !== undefined) throw new UsageError(contradiction, { next });
  const examination = {
    format: readFormat(flags),
    failOn: readFailOn(flags),
    selection: { only: readList('--only', flags.only), skip: readList('--skip', flags.skip) },
    verbose: flags.verbose === true,
    quiet: flags.quiet === true,
    watch: flags.watch === true,
    fix: flags.fix === true,
    yes: flags.yes === true,
  };
  const url = readUrl(flags.argument);
  const token = await readToken(flags, context);
  const absolute = (file: string) => resolvePath(context.cwd, file);
  return {
    ...examination,
    target: {
      directory: context.cwd,
      env: context.env,
      home: context.env.HOME ?? context.env.USERPROFILE ?? homedir(),
      offline: flags.offline === true,
      signal: context.signal,
      ...(flags.start ? { start: true } : {}),
      ...(flags.client === undefined ? {} : { client: readName('--client', flags.client, clientNames) }),
      ...(flags.directory === undefined
        ? {}
        : { directoryOf: readName('--directory', flags.directory, directoryNames) }),
      ...(flags.surface === undefined ? {} : { surface: flags.surface }),
      ...(flags.envFile === undefined ? {} : { envFile: readEnvFileName(flags.envFile, context) }),
      ...(url === undefined ? {} : { url }),
      ...(token === undefined ? {} : { token }),
    },
    ...(flags.save === undefined ? {} : { save: absolute(flags.save) }),
    ...(flags.from === undefined ? {} : { from: absolute(flags.from) }),
  };
}
