import { describeResult } from '../doctor/report/one-result.ts';
import { checkMcpUrl, isLoopback, isUrl, refuse, scalekitMcpUrl } from '../scalekit/index.ts';
import { type Context, type ExitCode, isInteractive } from '../terminal/context.ts';
import { type OptionProblem, problemsError, UsageError } from '../terminal/errors.ts';
import { jsonText } from '../terminal/json.ts';
import { outcomeLines } from './outcome-text.ts';
import type { RegisterReport } from './report.ts';

/** `scalekit-mcp register`. */

/** The options as typed. */
export interface RegisterFlags {
  readonly environment?: string;
  readonly scalekitMcpUrl?: string;
  readonly mcpUrl?: string;
  readonly metadata?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const help = 'scalekit-mcp register --help';

/** Messages for people go to stderr if stdout is for a program or a file. */
function forThePerson(context: Context, json: boolean): Context {
  const { stderr, stdout } = context;
  return json || stdout.isTTY !== true ? { ...context, stdout: stderr } : context;
}

function checkDoor(text: string | undefined, fallback: string): URL {
  const input = (text ?? fallback).trim();
  const url = isUrl(input) ? new URL(input) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url !== undefined && isSafe && url.username === '' && url.password === '') return url;
  const checked = refuse(
    'scalekit-mcp-url',
    'This is not the URL of an MCP server',
    input,
    `an absolute https URL, such as ${fallback}; http only on this machine`,
  );
  throw problemsError(checked.ok ? [] : [{ ...checked.problem, option: '--scalekit-mcp-url' }], help);
}

function checkPublicUrl(text: string | undefined): { url: string | undefined; notes: readonly string[] } {
  if (text === undefined) return { url: undefined, notes: [] };
  const checked = checkMcpUrl(text);
  const local: OptionProblem = {
    option: '--mcp-url',
    code: 'mcp-url/local',
    reason: 'This URL is on this machine',
    actual: text,
    expected: 'a public https URL; without --mcp-url the MCP_URL in .env is registered',
  };
  if (!checked.ok) throw problemsError([{ ...checked.problem, option: '--mcp-url' }], help);
  if (isLoopback(new URL(checked.value))) throw problemsError([local], help);
  return { url: checked.value, notes: checked.notes };
}

function refuseCombinations({ metadata, ...flags }: RegisterFlags): void {
  if (metadata === undefined) return;
  const others = [
    ['--environment', flags.environment],
    ['--scalekit-mcp-url', flags.scalekitMcpUrl],
    ['--mcp-url', flags.mcpUrl],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (others.length > 0)
    throw new UsageError(
      `--metadata fills .env without asking Scalekit, so ${others.join(', ')} cannot be used with it.`,
      {
        code: 'arguments/combination',
        next: help,
      },
    );
}

async function fromThePaste(
  flags: RegisterFlags,
  context: Context,
  screen: Context,
): Promise<RegisterReport> {
  const { fillFromPaste } = await import('./paste.ts');
  return fillFromPaste(
    { source: flags.metadata ?? '', yes: flags.yes === true, dryRun: flags.dryRun === true },
    context,
    screen,
  );
}

async function throughScalekit(
  flags: RegisterFlags,
  context: Context,
  screen: Context,
): Promise<RegisterReport> {
  const door = checkDoor(flags.scalekitMcpUrl ?? context.env.SCALEKIT_MCP_URL, scalekitMcpUrl);
  const { url: publicUrl, notes } = checkPublicUrl(flags.mcpUrl);
  if (!isInteractive(screen))
    throw new UsageError('Signing in to Scalekit needs a person, and this is not a terminal.', {
      code: 'arguments/terminal',
      next: 'run it in a terminal, or copy the Metadata JSON from the dashboard: scalekit-mcp register --metadata metadata.json --yes',
    });
  const [{ register }, { terminalPerson }] = await Promise.all([
    import('./register.ts'),
    import('./terminal-person.ts'),
  ]);
  const person = terminalPerson(screen);
  for (const note of notes) person.say(`i ${note}`);
  return register({
    directory: context.cwd,
    env: context.env,
    door,
    environment: flags.environment,
    publicUrl,
    yes: flags.yes === true,
    dryRun: flags.dryRun === true,
    person,
    signal: context.signal,
    onResult: (result) => person.say(describeResult(result, screen)),
  });
}

async function print(report: RegisterReport, flags: RegisterFlags, context: Context, screen: Context) {
  if (flags.json) return void context.stdout.write(jsonText(report));
  const say = (line: string) => screen.stdout.write(`${line}\n`);
  for (const line of outcomeLines(report)) say(line);
  if (flags.mcpUrl !== undefined && report.production !== undefined) {
    say(
      `\nThe variables for production (save them where the server runs; check them with scalekit-mcp doctor --env-file production.env):\n`,
    );
    for (const line of report.production) context.stdout.write(`${line}\n`);
  }
}

/**
 * Registers this project's server with Scalekit, or fills in its `.env` from a paste.
 * @returns 0 if it was registered, or steps were printed instead; 1 if something failed.
 * @throws UserError; the signal's reason after an abort.
 */
export async function register(flags: RegisterFlags, context: Context): Promise<ExitCode> {
  const screen = forThePerson(context, flags.json === true);
  refuseCombinations(flags);
  const report =
    flags.metadata === undefined
      ? await throughScalekit(flags, context, screen)
      : await fromThePaste(flags, context, screen);
  await print(report, flags, context, screen);
  return report.exitCode;
}
