import {
  type ClientId,
  type ClientScope,
  lifeOf,
  type Machine,
  type McpClient,
  type ScopesTold,
} from '../../project/clients/client.ts';
import type { EntryChange } from '../../project/entries/edit.ts';
import { printable } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { type ConnectPlan, fileOf } from './plan.ts';
import type { Target, TargetFlags } from './target.ts';
import { diffLines, shownPath } from './words.ts';

/** What a run of `connect` reports. */

/** The options as they were typed. */
export interface ConnectFlags extends TargetFlags {
  readonly words?: readonly string[];
  readonly scope?: string;
  readonly remove?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `--json` prints. */
export interface ConnectReport {
  readonly ok: true;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  readonly client: ClientId;
  /** `steps`: this client has no file for such a server, so a person has to do what `steps` says. */
  readonly change: EntryChange | 'steps';
  /** Undefined with `steps`. */
  readonly file?: string;
  readonly scope?: ClientScope;
  readonly name: string;
  readonly url: string;
  /** The scopes that the client is told to request. */
  readonly scopes: readonly string[];
  readonly diff: readonly string[];
  readonly steps: readonly string[];
  readonly notes: readonly string[];
  readonly next: readonly string[];
}

/** Everything that a run is about. */
export interface Run {
  readonly client: McpClient;
  readonly scope: ClientScope | undefined;
  readonly machine: Machine;
  readonly target: Target;
  readonly flags: ConnectFlags;
  readonly context: Context;
}

const toldScopes = (told: ScopesTold, { scopes }: Target) => (told === 'pinned' ? scopes : []);

function reportOf(
  { client, target, flags }: Run,
  rest: Pick<ConnectReport, 'change'> & Partial<ConnectReport>,
): ConnectReport {
  return {
    ok: true,
    exitCode: exitCodes.ok,
    dryRun: flags.dryRun === true,
    client: client.id,
    name: target.name,
    url: target.url,
    scopes: toldScopes(client.scopes, target),
    diff: [],
    steps: [],
    notes: target.notes,
    next: [],
    ...rest,
  };
}

/** @returns what a person has to do if the client has no file for this server; undefined if it has one. */
export function stepsReport(run: Run): ConnectReport | undefined {
  const { client, target, machine, scope, flags } = run;
  const byHand = client.byHand?.(target, machine, scope);
  if (byHand === undefined) return undefined;
  const { steps, removal, scopes } = byHand;
  if (flags.remove === true) return reportOf(run, { change: 'steps', steps: removal, scopes: [], notes: [] });
  return reportOf(run, {
    change: 'steps',
    steps,
    scopes: toldScopes(scopes, target),
    notes: [lifeOf(scopes, target), ...target.notes],
  });
}

export function planReport(run: Run, plan: ConnectPlan): ConnectReport {
  const { client, target, machine, context, flags, scope } = run;
  const { name } = plan.place;
  const clientFile = fileOf(client, scope);
  const path = shownPath(plan.file.path, context, machine);
  const isGone = flags.remove === true;
  const notes = [
    ...(plan.ledTo === undefined ? [] : [`It led to ${printable(plan.ledTo)} before.`]),
    ...(isGone
      ? []
      : [lifeOf(client.scopes, target), ...(clientFile.note === undefined ? [] : [clientFile.note])]),
    ...(isGone ? [] : target.notes),
  ];
  return reportOf(run, {
    change: plan.edited.change,
    file: plan.file.path,
    scope: clientFile.scope,
    name,
    diff: diffLines(plan.file.text ?? '', plan.text ?? '', path),
    notes,
    next: isGone ? [] : [client.signIn(name)],
  });
}

const done: Readonly<Record<Exclude<ConnectReport['change'], 'none' | 'steps'>, readonly [string, string]>> =
  {
    added: ['Added', 'to'],
    updated: ['Updated', 'in'],
    removed: ['Removed', 'from'],
  };

/** The sentence that a run ends with. */
export function outcomeOf(
  { client, context, machine, flags }: Run,
  { change, dryRun, file = '', name }: ConnectReport,
  isDeleted: boolean,
): string | undefined {
  if (change === 'steps') return undefined;
  const path = shownPath(file, context, machine);
  if (change === 'none')
    return flags.remove === true
      ? `${path} has no ${name}: there was nothing to remove.`
      : `${client.name} has this server already, as ${name} in ${path}: nothing was changed.`;
  if (dryRun) return 'Nothing was written.';
  const [verb, preposition] = done[change];
  return `${verb} ${name} ${preposition} ${path}${isDeleted ? ', which held nothing else and is gone' : ''}.`;
}
