import { join } from 'node:path';
import { readEnvFile } from '../../project/env-file.ts';
import { variablesIn } from '../../project/env-text.ts';
import { checkDeniedId, checkResourceId, checkUntil } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { type OptionProblem, problemsError, UsageError } from '../../terminal/errors.ts';
import { jsonText } from '../../terminal/json.ts';
import { screenOf, silent } from '../../terminal/screen.ts';
import { agree } from '../agree.ts';
import { type Denial, filePlace, type Place, redisPlace } from './places.ts';

/** `scalekit-mcp deny`: refuses a token or a person before the token expires (docs/revocation.md). */

/** The options as they were typed. */
export interface DenyFlags {
  readonly words?: readonly string[];
  readonly until?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `--json` prints. */
export interface DenyReport {
  readonly ok: true;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  readonly id: string;
  /** ISO 8601; `null` if the denial was lifted. */
  readonly until: string | null;
  /** Where it was written, or would be with `--dry-run`. */
  readonly places: readonly string[];
  readonly notes: readonly string[];
}

const help = 'scalekit-mcp deny --help';

/** @throws UsageError that lists everything that is wrong with what was typed. */
function denialOf({ words = [], until }: DenyFlags, now: number): Denial {
  const [id] = words;
  const missing = [...(id === undefined ? ['<id>'] : []), ...(until === undefined ? ['--until'] : [])];
  if (id === undefined || until === undefined)
    throw new UsageError(
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing: who is denied, and until when?`,
      {
        code: 'arguments/missing',
        missing,
        next: `scalekit-mcp deny ${id === undefined ? 'usr_…' : '<id>'} --until 24h`,
      },
    );
  const checkedId = checkDeniedId(id);
  const checkedUntil = checkUntil(until, now);
  const problems: OptionProblem[] = [];
  if (!checkedId.ok) problems.push({ option: '<id>', ...checkedId.problem });
  if (!checkedUntil.ok) problems.push({ option: '--until', ...checkedUntil.problem });
  if (!checkedId.ok || !checkedUntil.ok) throw problemsError(problems, help);
  return { id: checkedId.value, until: checkedUntil.value };
}

/** @returns the places that the server of this folder reads. @throws UsageError if there are none. */
function placesOf({ cwd, env }: Context): readonly Place[] {
  const variables = { ...variablesIn(readEnvFile(join(cwd, '.env'))?.text ?? ''), ...env };
  const text = (name: string) => variables[name]?.trim() || undefined;
  const [file, redisUrl] = [text('DENY_FILE'), text('REDIS_URL')];
  if (file === undefined && redisUrl === undefined)
    throw new UsageError('Neither DENY_FILE nor REDIS_URL is set: the server looks at no deny list.', {
      code: 'deny/no-place',
      missing: ['DENY_FILE', 'REDIS_URL'],
      next: 'set DENY_FILE=denied.txt in .env (or REDIS_URL, for several replicas), and start the server again',
    });
  return [
    ...(file === undefined ? [] : [filePlace(cwd, file)]),
    ...(redisUrl === undefined
      ? []
      : [redisPlace(cwd, redisUrl, resourceIdIn(text('SCALEKIT_RESOURCE_ID')))]),
  ];
}

/** Several servers may share a Redis: the resource id says whose list it is. */
function resourceIdIn(text: string | undefined): string {
  const checked = checkResourceId(text ?? '');
  if (checked.ok) return checked.value;
  const { reason, actual, expected, code } = checked.problem;
  throw new UsageError(
    `SCALEKIT_RESOURCE_ID says which server's list it is. ${reason}${actual === '' ? '' : ` (${actual})`}. Expected: ${expected}`,
    { code },
  );
}

function notesOn({ id, until }: Denial, now: number): readonly string[] {
  if (until <= now) return [`${id} may come again.`];
  return [
    'In effect within 5 seconds, on every server that reads this list.',
    id.startsWith('usr_')
      ? 'A new sign-in does not help this person: take the permission or the account away in Scalekit, and the denial has done its work.'
      : 'A refresh token of the same sign-in still gets new access tokens: deny the person (sub), too, where that must not be.',
  ];
}

/**
 * Denies a token or a person, in every place that the server of this folder reads.
 * @returns 0 when it is written, or with `--dry-run` shown.
 * @throws UsageError for wrong words, where no place is set, and without a terminal and without `--yes`; UserError if a
 *   place cannot be written.
 */
export async function deny(flags: DenyFlags, context: Context): Promise<ExitCode> {
  const now = Date.now();
  const denial = denialOf(flags, now);
  const places = placesOf(context);
  const isLifted = denial.until <= now;
  const until = new Date(denial.until).toISOString();
  const screen = flags.json === true ? silent : screenOf(context);
  screen.line(isLifted ? `${denial.id} is denied no longer.` : `${denial.id} is denied until ${until}.`);
  for (const { name } of places) screen.line(`  in  ${name}`);
  if (flags.dryRun !== true) {
    await agree(flags, context, {
      command: `scalekit-mcp deny ${denial.id} --until ${flags.until}`,
      reason: 'Denying changes who may use this server',
      question: 'Write this?',
      preselected: true,
    });
    for (const place of places) await place.write(denial);
    screen.line('\nWritten.');
  }
  const notes = notesOn(denial, now);
  for (const note of notes) screen.line(`i ${note}`);
  const report: DenyReport = {
    ok: true,
    exitCode: exitCodes.ok,
    dryRun: flags.dryRun === true,
    id: denial.id,
    until: isLifted ? null : until,
    places: places.map(({ name }) => name),
    notes,
  };
  if (flags.json === true) context.stdout.write(jsonText(report));
  return exitCodes.ok;
}
