import { checkResourceId, dashboardUrl, printable } from '../scalekit/index.ts';
import { Interrupted, UsageError, UserError } from '../terminal/errors.ts';
import { applyPlan, checkTools, type Progress } from './apply.ts';
import { type Door, openDoor, readScope, ToolTrouble, writeScope } from './door.ts';
import { describeEnvironment } from './environments.ts';
import { look } from './look.ts';
import {
  finish,
  type Job,
  type RegisterOptions,
  reportOn,
  settingsFor,
  stepsInstead,
  variablesFor,
} from './outcome.ts';
import { createsSomething, type Plan, planRegistration, type Wish } from './plan.ts';
import { currentValue, type Project, readProject } from './project.ts';
import type { RegisterReport } from './report.ts';
import { openSession, type Session } from './session.ts';
import { previewSettings } from './settings.ts';
import { planLines } from './words.ts';

function wishFor(project: Project, publicUrl: string | undefined): Wish {
  const { name, mcpUrl, scopes, notes } = project;
  if (publicUrl === undefined) return { name, url: mcpUrl, scopes, notes };
  // In addition to the local one; the host tells them apart.
  return { name: `${name} (${new URL(publicUrl).host})`.slice(0, 128), url: publicUrl, scopes, notes: [] };
}

/** With `--yes` nobody reads the plan, so production has to be named. */
function refuseSilentProduction(plan: Plan, { yes, environment }: RegisterOptions): void {
  if (!yes || environment !== undefined || plan.environment.type === 'development') return;
  if (!createsSomething(plan)) return;
  throw new UsageError(
    `--yes alone creates nothing in ${describeEnvironment(plan.environment)}, which is not for development.`,
    {
      code: 'register/production',
      missing: ['--environment'],
      next: `scalekit-mcp register --yes --environment ${plan.environment.id}`,
    },
  );
}

/** A sign-in that may only read can find an existing server and fill in `.env`, but not create anything. */
function refuseReadOnly(plan: Plan, session: Session): void {
  const mayWrite = session.scopes.length === 0 || session.scopes.includes(writeScope);
  if (mayWrite || !createsSomething(plan)) return;
  throw new UserError(`This sign-in may read but not create (it lacks ${writeScope}).`, {
    code: 'register/read-only',
    next: 'allow both when you sign in, or ask an administrator of your Scalekit workspace',
  });
}

function describeProgress({ made, pending }: Progress, plan: Plan): string | undefined {
  if (made.length === 0 && pending === undefined) return undefined;
  const where = describeEnvironment(plan.environment);
  const done = made.length === 0 ? [] : [`Created so far in ${where}: ${made.join(', ')}.`];
  const open = pending === undefined ? [] : [`Requested but not confirmed, so it may exist: ${pending}.`];
  return [...done, ...open, 'Run this again to continue: nothing is created twice.'].join('\n');
}

/** Carries out the plan. Whatever happens, the person is told what exists by then. */
async function carryOut(job: Job, door: Door, plan: Plan): Promise<RegisterReport> {
  const { person, signal } = job.options;
  const progress: Progress = { made: [], pending: undefined };
  try {
    const applied = await applyPlan(door, plan, progress, signal);
    for (const what of progress.made) person.say(`✓ Created: ${what}`);
    refuseOtherIds(applied.resourceId, job.wish.name);
    return await finish(job, plan, applied);
  } catch (error) {
    const soFar = describeProgress(progress, plan);
    if (soFar !== undefined) person.say(`${signal.aborted ? 'Interrupted. ' : ''}${soFar}`);
    signal.throwIfAborted();
    if (error instanceof ToolTrouble) return stepsInstead(job, error);
    throw error;
  }
}

/** Refuses an id in another form, with which the server would not start, before it gets into `.env`. */
function refuseOtherIds(id: string, name: string): void {
  const checked = checkResourceId(id);
  if (checked.ok) return;
  throw new UserError(
    `"${printable(name)}" has the id ${checked.problem.actual} at Scalekit, but the server needs ${checked.problem.expected}.`,
    {
      code: 'register/id-form',
      next: 'add the server again in the dashboard (MCP Servers), and run this again',
    },
  );
}

async function decide(job: Job, door: Door, session: Session, plan: Plan): Promise<RegisterReport> {
  const { options, project } = job;
  const { person, yes, dryRun } = options;
  if (plan.server.state === 'found') refuseOtherIds(plan.server.id, plan.server.name);
  refuseSilentProduction(plan, options);
  checkTools(door, plan);
  const variables = variablesFor(job, plan);
  const settings = settingsFor(job, variables);
  const isIdle = !createsSomething(plan) && settings.changed.length === 0;
  const shown = planLines(plan, await previewSettings(project, settings));
  person.say(shown.join('\n'));
  if (dryRun) return { ...reportOn(job, plan), variables, changed: settings.changed };
  refuseReadOnly(plan, session);
  if (!isIdle && !yes) {
    const agreed = await person.confirm('Do this?', plan.environment.type === 'development');
    if (!agreed) throw new Interrupted('Cancelled. Nothing was created.');
  }
  return carryOut(job, door, plan);
}

async function throughTheDoor(job: Job, session: Session): Promise<RegisterReport> {
  const { options, project, wish } = job;
  const { door: server, signal, publicUrl } = options;
  const door = await openDoor(server, session, signal);
  try {
    const isOwn = publicUrl === undefined;
    const seen = await look(door, wish, {
      asked: options.environment,
      currentUrl: currentValue(project, 'SCALEKIT_ENVIRONMENT_URL'),
      currentId: isOwn ? currentValue(project, 'SCALEKIT_RESOURCE_ID') : undefined,
      yes: options.yes,
      person: options.person,
      signal,
    });
    return await decide(job, door, session, planRegistration(wish, seen));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ToolTrouble) return stepsInstead(job, error);
    throw error;
  } finally {
    await door.close().catch(() => {});
  }
}

/** If signing in fails, the error suggests to paste the Metadata JSON. */
async function signInAt({ door, person, signal }: RegisterOptions): Promise<Session> {
  try {
    return await openSession(door, [readScope, writeScope], (visit) => person.visit(visit), signal);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof Interrupted) throw error;
    throw new UserError(error.message, {
      code: error.code,
      next: `run it again; or copy the Metadata JSON at ${dashboardUrl} (MCP Servers), and: npx scalekit-mcp register --metadata -`,
      cause: error,
    });
  }
}

/**
 * Registers a project's server with Scalekit by one sign-in, through Scalekit's own MCP server, and fills in `.env`. The
 * token is kept in memory only, and dropped at the end.
 * @returns what was done, or the steps to take in the dashboard instead.
 * @throws UserError if nothing could be done; Interrupted if the person declines; the signal's reason after an abort.
 */
export async function register(options: RegisterOptions): Promise<RegisterReport> {
  const project = await readProject(options.directory, options.env);
  const job: Job = { options, project, wish: wishFor(project, options.publicUrl) };
  const session = await signInAt(options);
  options.person.say(`✓ Signed in to ${options.door.host}`);
  try {
    return await throughTheDoor(job, session);
  } finally {
    session.drop();
  }
}
