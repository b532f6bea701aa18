import { changeFiles } from '../../project/change-files.ts';
import { languageIn } from '../../project/layout.ts';
import { packageManager, packageManagerOf } from '../../project/package-manager.ts';
import { dashboardUrl, printable } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { jsonText } from '../../terminal/json.ts';
import { screenOf, silent } from '../../terminal/screen.ts';
import { agree } from '../agree.ts';
import { languages } from './languages.ts';
import { type AddPlan, planAdd } from './plan.ts';
import { type AddRequest, requestOf } from './request.ts';

/** `scalekit-mcp add`: a tool, a resource, a prompt or a scope for the project in this folder. */

/** The options as they were typed. */
export interface AddFlags {
  /** Kind, name, and a scope's description. */
  readonly words?: readonly string[];
  readonly scopes?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `--json` prints. */
export interface AddReport {
  readonly ok: true;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  readonly kind: AddRequest['kind'];
  readonly name: string;
  /** Paths of new and changed files. */
  readonly written: readonly string[];
  /** Scopes that are new to the project. */
  readonly scopes: AddPlan['scopes'];
  readonly notes: readonly string[];
  /** Commands to go on with, in order. */
  readonly next: readonly string[];
}

function reportOf(request: AddRequest, plan: AddPlan, cwd: string, dryRun: boolean): AddReport {
  const manager = packageManager(packageManagerOf(cwd) ?? 'npm');
  const register = `${manager.exec('scalekit-mcp')} register`;
  const names = plan.scopes.map(({ name }) => name).join(', ');
  const [it, is] = plan.scopes.length > 1 ? ['them', 'they are'] : ['it', 'it is'];
  return {
    ok: true,
    exitCode: exitCodes.ok,
    dryRun,
    kind: request.kind,
    name: request.name,
    written: [...plan.writes.keys()],
    scopes: plan.scopes,
    notes:
      names === ''
        ? []
        : [
            `The local Scalekit knows ${names} by itself.`,
            `A client with a file outside of this project asks for ${it} after \`${manager.exec('scalekit-mcp')} connect <client>\`; whoever is connected signs in again.`,
            `In the real one, \`${register}\` creates ${it} and says where ${is} ticked for this server; by hand: ${dashboardUrl} > MCP Servers > your server > Scopes.`,
          ],
    next: [
      languages[languageIn(cwd) ?? 'typescript'].test ?? manager.run('test'),
      ...(names === '' ? [] : [register]),
    ],
  };
}

function describe(request: AddRequest, { writes, additions }: AddPlan): readonly string[] {
  const isNew = new Set(additions.filter(({ where }) => where === undefined).map(({ path }) => path));
  const lines = [...writes.keys()].flatMap((path) => [
    `  ${isNew.has(path) ? 'new    ' : 'changed'}  ${path}`,
    ...additions
      .filter((each) => each.path === path && each.where !== undefined)
      .flatMap(({ text }) => text.split('\n').map((line) => `             + ${printable(line)}`)),
  ]);
  return [`The ${request.kind} ${request.name}:`, ...lines];
}

/**
 * Adds a tool, a resource, a prompt or a scope to the project in this folder.
 * @returns 0 when it is done, or with `--dry-run` shown.
 * @throws UsageError for wrong words, and without a terminal and without `--yes`; UserError if it cannot be done.
 */
export async function add(flags: AddFlags, context: Context): Promise<ExitCode> {
  const request = requestOf(flags.words ?? [], flags.scopes);
  const screen = flags.json === true ? silent : screenOf(context);
  const plan = planAdd(context.cwd, request);
  const report = reportOf(request, plan, context.cwd, flags.dryRun === true);
  for (const line of describe(request, plan)) screen.line(line);
  if (flags.dryRun !== true) {
    await agree(flags, context, {
      command: `scalekit-mcp ${['add', ...(flags.words?.slice(0, 2) ?? []), ...(flags.scopes === undefined ? [] : ['--scopes', flags.scopes])].join(' ')}`,
      reason: `Adding a ${request.kind} changes files of this project`,
      question: 'Write this?',
      preselected: true,
    });
    changeFiles(context.cwd, plan, 'add/write');
    screen.line('\nWritten.');
  }
  for (const note of report.notes) screen.line(`i ${note}`);
  if (flags.dryRun !== true) {
    screen.line(
      request.kind === 'scope'
        ? '\nNext:'
        : '\nIts tests pass as it is; what it does is yours to write. Next:',
    );
    for (const command of report.next) screen.line(`  ${command}`);
  }
  if (flags.json === true) context.stdout.write(jsonText(report));
  return exitCodes.ok;
}
