import { detectPackageManager } from '../project/package-manager.ts';
import { type Context, isInteractive } from '../terminal/context.ts';
import { problemsError, UsageError } from '../terminal/errors.ts';
import { readSource } from '../terminal/source.ts';
import type { Raw } from './arguments.ts';
import { modesFromNpm } from './npm-config.ts';
import { flagOf, type Given, optionOf } from './options.ts';
import {
  checkEach,
  conflicts,
  conflictsWithAnyTemplate,
  type Invocation,
  missingOptions,
} from './resolve.ts';

/** The options from all sources, checked and complete. */
export interface Input {
  readonly given: Given;
  /** Corrections, as sentences. */
  readonly notes: readonly string[];
}

async function readAnswers(source: unknown, context: Context): Promise<Raw> {
  if (source === undefined) return {};
  const [{ parseAnswers }, text] = await Promise.all([
    import('./answers-file.ts'),
    readSource(String(source), '--answers', context),
  ]);
  return parseAnswers(text, source === '-' ? 'The standard input' : String(source));
}

/** Reads the dashboard's JSON: given as text, as a file, or as `-`. */
async function readMetadata(value: unknown, context: Context): Promise<Raw> {
  if (typeof value !== 'string') return value === undefined ? {} : { metadata: value };
  const isText = value.trimStart().startsWith('{');
  return { metadata: isText ? value : await readSource(value, '--metadata', context) };
}

/** Merges flags, answers and the flags that npm kept: a flag takes precedence over the answers. */
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
  throw new UsageError(`Missing, and there is no terminal to ask in: ${missing.join(', ')}`, {
    code: 'arguments/missing',
    missing,
    next: `${program} ${[given.directory ?? 'todo-mcp', ...missing.filter((flag) => flag !== '[directory]')].join(' ')}`,
  });
}

function refuseConflicts(contradictions: ReturnType<typeof conflicts>, help: string): void {
  if (contradictions.length > 0) throw problemsError(contradictions, help);
}

/**
 * Gathers all options, and asks a person for the rest if there is a terminal.
 * @param flags the command line's options.
 * @param program how we were called, for the next command.
 * @throws UsageError naming everything that is wrong, or everything that is missing.
 */
export async function readInput(
  flags: Raw,
  context: Context,
  program: string,
): Promise<Input & { invocation: Invocation }> {
  const { given, problems, notes } = checkEach(await collect(flags, context));
  const help = `${program} --help`;
  if (problems.length > 0) throw problemsError(problems, help);
  const invocation: Invocation = {
    cwd: context.cwd,
    packageManager: detectPackageManager(context.env.npm_config_user_agent),
  };
  const asks = !given.yes && !given.json && given.answers === undefined && isInteractive(context);
  if (!asks) {
    refuseConflicts(conflicts(given), help);
    refuseMissing(given, program);
    return { given, notes, invocation };
  }
  // Ask nothing if the flags contradict each other.
  refuseConflicts(conflictsWithAnyTemplate(given), help);
  const { ask } = await import('./prompts.ts');
  const known = await ask(given, context, invocation);
  refuseConflicts(conflicts(known), help);
  return { given: known, notes, invocation };
}
