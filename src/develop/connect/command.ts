import type { ClientScope, McpClient } from '../../project/clients/client.ts';
import { mcpClients } from '../../project/clients/index.ts';
import { thisMachine } from '../../project/clients/machine.ts';
import { deleteConfigFile, writeConfigFile } from '../../project/config-file.ts';
import { printable } from '../../scalekit/index.ts';
import { didYouMean } from '../../terminal/closest.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';
import { jsonText } from '../../terminal/json.ts';
import { type Screen, screenOf, silent } from '../../terminal/screen.ts';
import { agree } from '../agree.ts';
import { forget, recall, remember } from './journal.ts';
import { type ConnectPlan, planConnection } from './plan.ts';
import {
  type ConnectFlags,
  type ConnectReport,
  outcomeOf,
  planReport,
  type Run,
  stepsReport,
} from './report.ts';
import { targetOf } from './target.ts';
import { coloured } from './words.ts';

/** `scalekit-mcp connect <client>`: the server of this folder, or another, in a client's file. */

const help = 'npx scalekit-mcp connect --help';
const ids = Object.keys(mcpClients);

function clientOf(words: readonly string[] = []): McpClient {
  const [word] = words;
  if (word === undefined)
    throw new UsageError(`Which client?\n    expected ${ids.join(', ')}`, {
      code: 'connect/no-client',
      next: help,
    });
  const client = Object.values(mcpClients).find(({ id }) => id === word);
  if (client !== undefined) return client;
  // `claude` is part of two names, so no single one can be suggested.
  const parts = ids.filter((id) => id.startsWith(word) || id.endsWith(word));
  const hint = parts.length > 0 ? `expected ${parts.join(', ')}` : didYouMean(word, ids);
  throw new UsageError(`There is no client ${printable(word)}; ${hint}`, {
    code: 'connect/unknown-client',
    next: help,
  });
}

function scopeOf(text: string | undefined): ClientScope | undefined {
  if (text === undefined || text === 'project' || text === 'user') return text;
  throw new UsageError(`--scope: ${printable(text)}\n    expected project or user`, {
    code: 'connect/scope',
    next: help,
  });
}

async function apply({ context, flags }: Run, { file, place, text, folders }: ConnectPlan): Promise<void> {
  const where = { env: context.env, path: file.target, name: place.name };
  if (text === undefined) await deleteConfigFile(file, folders);
  if (flags.remove === true) {
    if (text !== undefined) await writeConfigFile(file, text);
    return forget(where);
  }
  if (text === undefined) return;
  const before = file.text === undefined ? undefined : await recall(where, file.text);
  const made = await writeConfigFile(file, text);
  await remember(where, before ?? { text: file.text, folders: made }, text);
}

/** What a run has found out, and what is left to do. */
interface Found {
  readonly report: ConnectReport;
  readonly outcome?: string | undefined;
  /** Undefined if there is nothing to do. */
  readonly act?: (() => Promise<void>) | undefined;
}

async function throughFile(run: Run): Promise<Found> {
  const { client, scope, machine, target, flags, context } = run;
  const [project, remove] = [context.cwd, flags.remove === true];
  const plan = await planConnection({ client, scope, machine, target, project, remove });
  const report = planReport(run, plan);
  return {
    report,
    outcome: outcomeOf(run, report, plan.text === undefined),
    act: report.change === 'none' ? undefined : () => apply(run, plan),
  };
}

/** What a person reads at the end. */
function show({ report, outcome }: Found, screen: Screen): void {
  const { steps, diff, notes, next } = report;
  for (const step of steps) screen.line(step);
  if (outcome !== undefined) screen.line(`${diff.length > 0 ? '\n' : ''}${outcome}`);
  for (const note of notes) screen.line(`i ${note}`);
  for (const step of next) screen.line(`→ ${step}`);
}

function commandLine({ client, flags }: Run): string {
  const options = [
    ...(flags.remove === true ? ['--remove'] : []),
    ...(flags.url === undefined ? [] : ['--url', flags.url]),
    ...(flags.scope === undefined ? [] : ['--scope', flags.scope]),
    ...(flags.name === undefined ? [] : ['--name', flags.name]),
  ];
  return ['scalekit-mcp connect', client.id, ...options].join(' ');
}

/**
 * Adds a server to a client's file, or removes it again, or says how to do that by hand.
 * @returns 0 when it is done, was done already, or with `--dry-run` shown.
 * @throws UsageError for wrong words, and if nobody can be asked and `--yes` was not given; UserError for a file that is not
 * understood or cannot be written. Nothing is written then.
 */
export async function connect(flags: ConnectFlags, context: Context): Promise<ExitCode> {
  const client = clientOf(flags.words);
  const scope = scopeOf(flags.scope);
  const isRemoval = flags.remove === true;
  const target = await targetOf(flags, context, !isRemoval && client.scopes === 'pinned');
  const run: Run = { client, scope, machine: thisMachine(context.env), target, flags, context };
  const steps = stepsReport(run);
  const through = steps === undefined ? await throughFile(run) : { report: steps };
  const screen = flags.json === true ? silent : screenOf(context);
  for (const line of through.report.diff) screen.line(coloured(context, line));
  if (through.act !== undefined && flags.dryRun !== true) {
    await agree(flags, context, {
      command: commandLine(run),
      reason: `${isRemoval ? 'Disconnecting' : 'Connecting'} ${client.name} changes a file`,
      question: 'Write this?',
      preselected: true,
    });
    await through.act();
  }
  show(through, screen);
  if (flags.json === true) context.stdout.write(jsonText(through.report));
  return exitCodes.ok;
}
