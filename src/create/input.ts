import { readFile } from 'node:fs/promises';
import { resolve as resolvePath } from 'node:path';
import { detectPackageManager } from '../project/package-manager.ts';
import { type Context, isInteractive } from '../terminal/context.ts';
import { problemsError, UsageError } from '../terminal/errors.ts';
import type { Raw } from './arguments.ts';
import { modesFromNpm } from './npm-config.ts';
import { flagOf, type Given, optionOf } from './options.ts';
import {
  checkEach,
  conflicts,
  conflictsWithAnyTemplate,
  missingOptions,
  type Surroundings,
} from './resolve.ts';

/** What was said, from wherever it was said, checked and complete. */
export interface Input {
  readonly given: Given;
  /** What was corrected, as sentences. */
  readonly notes: readonly string[];
}

async function readAll(stream: Context['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** The text of a file, or of standard input for `-`. */
async function readSource(source: string, flag: string, context: Context): Promise<string> {
  if (source === '-') return readAll(context.stdin);
  try {
    return await readFile(resolvePath(context.cwd, source), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new UsageError(`${flag} ${source}: ${why}.`, { code: 'arguments/file' });
  }
}

async function readAnswers(source: unknown, context: Context): Promise<Raw> {
  if (source === undefined) return {};
  const [{ parseAnswers }, text] = await Promise.all([
    import('./answers-file.ts'),
    readSource(String(source), '--answers', context),
  ]);
  return parseAnswers(text, source === '-' ? 'The standard input' : String(source));
}

/** The dashboard's JSON itself, its file, or `-`. */
async function readMetadata(value: unknown, context: Context): Promise<Raw> {
  if (typeof value !== 'string') return value === undefined ? {} : { metadata: value };
  const isText = value.trimStart().startsWith('{');
  return { metadata: isText ? value : await readSource(value, '--metadata', context) };
}

/** Brings flags, answers and npm's own flags together: a flag outranks the answers. */
async function collect(flags: Raw, context: Context): Promise<Raw> {
  if (flags.answers === '-' && flags.metadata === '-')
    throw new UsageError('--answers - and --metadata - cannot both read the standard input.', {
      code: 'arguments/stdin',
    });
  const said = { ...modesFromNpm(context.env), ...(await readAnswers(flags.answers, context)), ...flags };
  return { ...said, ...(await readMetadata(said.metadata, context)) };
}

function refuseMissing(given: Given, program: string): void {
  const missing = missingOptions(given).map((name) =>
    name === 'directory' ? '[directory]' : `${flagOf(name)} ${optionOf(name).value ?? ''}`.trim(),
  );
  if (missing.length === 0) return;
  throw new UsageError(`Missing, and there is nobody to ask: ${missing.join(', ')}`, {
    code: 'arguments/missing',
    missing,
    next: `${program} ${[given.directory ?? 'todo-mcp', ...missing.filter((flag) => flag !== '[directory]')].join(' ')}`,
  });
}

function refuseConflicts(contradictions: ReturnType<typeof conflicts>, help: string): void {
  if (contradictions.length > 0) throw problemsError(contradictions, help);
}

/**
 * @param flags the command line's options.
 * @param program how we were called, for what to run next.
 * @returns everything needed to go on; a person is asked for the rest, where there is one.
 * @throws UsageError naming everything that is wrong, or everything that is missing.
 */
export async function readInput(
  flags: Raw,
  context: Context,
  program: string,
): Promise<Input & { around: Surroundings }> {
  const { given, problems, notes } = checkEach(await collect(flags, context));
  const help = `${program} --help`;
  if (problems.length > 0) throw problemsError(problems, help);
  const around: Surroundings = {
    cwd: context.cwd,
    packageManager: detectPackageManager(context.env.npm_config_user_agent),
  };
  const asks = isInteractive(context) && !given.yes && !given.json && given.answers === undefined;
  if (!asks) {
    refuseConflicts(conflicts(given), help);
    refuseMissing(given, program);
    return { given, notes, around };
  }
  // Nobody is asked anything when the flags are wrong among themselves.
  refuseConflicts(conflictsWithAnyTemplate(given), help);
  const { ask } = await import('./prompts.ts');
  const known = await ask(given, context, around);
  refuseConflicts(conflicts(known), help);
  return { given: known, notes, around };
}
