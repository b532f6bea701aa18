import type { CheckResult } from '../doctor/model.ts';
import { exitCodes } from '../terminal/context.ts';
import type { Applied } from './apply.ts';
import type { ToolTrouble } from './door.ts';
import type { Person } from './person.ts';
import { createsSomething, type Plan, type Wish } from './plan.ts';
import { currentValue, type Project } from './project.ts';
import type { RegisterReport } from './report.ts';
import { planSettings, type Wanted, writeSettings } from './settings.ts';
import { dashboardSteps, describeTrouble, productionLines, scopeSteps } from './words.ts';

export interface RegisterOptions {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Scalekit's MCP server, or one that stands in for it. */
  readonly door: URL;
  /** An id, a name or a domain. */
  readonly environment: string | undefined;
  /** A public URL to register in addition to the project's own; `.env` is not written then. */
  readonly publicUrl: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly person: Person;
  readonly signal: AbortSignal;
  /** Called with each result of the self-check as it comes. */
  readonly onResult: (result: CheckResult) => void;
}

/** One registration: its options, the project, and what to register. */
export interface Job {
  readonly options: RegisterOptions;
  readonly project: Project;
  readonly wish: Wish;
}

/** @returns the server's variables, as far as they are known. */
export function variablesFor(job: Job, plan: Plan, applied?: Applied): Wanted {
  const { project, wish } = job;
  const read = applied?.resource.read ? applied.resource.resource : undefined;
  const environmentUrl = read?.environmentUrl ?? plan.environmentUrl;
  const found = plan.server.state === 'found' ? plan.server.id : undefined;
  const resourceId = applied?.resourceId ?? found;
  const isSame = environmentUrl === currentValue(project, 'SCALEKIT_ENVIRONMENT_URL');
  // The client id of another environment would be wrong; the server needs none.
  const clientId = plan.clientId ?? (isSame ? currentValue(project, 'SCALEKIT_CLIENT_ID') : '');
  return {
    ...(environmentUrl === undefined ? {} : { SCALEKIT_ENVIRONMENT_URL: environmentUrl }),
    ...(clientId === undefined ? {} : { SCALEKIT_CLIENT_ID: clientId }),
    ...(resourceId === undefined ? {} : { SCALEKIT_RESOURCE_ID: resourceId }),
    MCP_URL: wish.url,
  };
}

export function settingsFor(job: Job, wanted: Wanted) {
  return planSettings(job.project, job.options.publicUrl === undefined ? wanted : {});
}

export function reportOn(job: Job, plan: Plan): RegisterReport {
  const { environment, server, presentScopes, otherScopes } = plan;
  return {
    ok: true,
    exitCode: exitCodes.ok,
    dryRun: job.options.dryRun,
    state: 'planned',
    environment: { id: environment.id, name: environment.name, type: environment.type },
    server: {
      state: server.state,
      name: job.wish.name,
      url: server.state === 'found' ? server.url : job.wish.url,
      ...(server.state === 'found' ? { id: server.id } : {}),
    },
    scopes: { created: [], present: presentScopes, others: otherScopes, missing: [] },
    variables: {},
    changed: [],
    warnings: plan.notes,
    notes: [],
    steps: [],
  };
}

/** Reports the steps to take by hand when a tool could not be used. */
export function stepsInstead(job: Job, trouble: ToolTrouble): RegisterReport {
  const { options, wish } = job;
  const isFailure = trouble.kind === 'failed';
  return {
    ok: !isFailure,
    exitCode: isFailure ? exitCodes.failed : exitCodes.ok,
    dryRun: options.dryRun,
    state: 'steps',
    variables: {},
    changed: [],
    warnings: wish.notes,
    notes: [describeTrouble(trouble)],
    steps: dashboardSteps(wish, options.publicUrl !== undefined),
  };
}

/** What the registered server lacks, and can only get in the dashboard. */
function whatIsLeft(job: Job, { resource, resourceId }: Applied) {
  if (!resource.read)
    return {
      missing: [],
      notes: [`The metadata of ${resourceId} could not be read, so its scopes are unknown: ${resource.why}`],
      steps: [],
    };
  const { scopes, takesClients } = resource.resource;
  const missing = job.wish.scopes.map(({ name }) => name).filter((name) => !scopes.includes(name));
  const clients = takesClients
    ? []
    : [
        `Open the dashboard > MCP Servers > ${job.wish.name}, and turn on dynamic client registration or client ID metadata documents: without one of them no client can connect.`,
      ];
  return {
    missing,
    notes: [],
    steps: [...(missing.length > 0 ? scopeSteps(job.wish.name, missing) : []), ...clients],
  };
}

async function selfCheck(job: Job): Promise<readonly CheckResult[] | undefined> {
  const { options, project } = job;
  if (!project.canBeChecked || options.publicUrl !== undefined) return undefined;
  const { selfCheck: check } = await import('../doctor/self-check.ts');
  const { directory, signal, onResult } = options;
  return (await check({ directory, signal, onResult })).results;
}

function hasFailed(results: readonly CheckResult[] | undefined): boolean {
  return (
    results?.some(({ state, level }) => state === 'crashed' || (state === 'found' && level === 'error')) ===
    true
  );
}

/** Fills in `.env`, checks the server, and reports what is left to do. */
export async function finish(job: Job, plan: Plan, applied: Applied): Promise<RegisterReport> {
  const { options, project } = job;
  const variables = variablesFor(job, plan, applied);
  const settings = settingsFor(job, variables);
  await writeSettings(project, settings, options.signal);
  const base = reportOn(job, plan);
  const left = whatIsLeft(job, applied);
  const hasChanged = settings.changed.length > 0 || createsSomething(plan);
  const outranked = settings.outranked.map(
    (name) => `${name} is set in this shell, which overrides .env: unset it there.`,
  );
  const check = hasChanged ? await selfCheck(job) : undefined;
  const exitCode = hasFailed(check) ? exitCodes.failed : exitCodes.ok;
  return {
    ...base,
    ok: exitCode === exitCodes.ok,
    exitCode,
    state: hasChanged ? 'registered' : 'unchanged',
    server: {
      state: applied.serverState,
      name: job.wish.name,
      url: base.server?.url ?? job.wish.url,
      id: applied.resourceId,
      ...(applied.resource.read ? { issuer: applied.resource.resource.issuer } : {}),
    },
    scopes: {
      created: applied.createdScopes,
      present: plan.presentScopes,
      others: plan.otherScopes,
      missing: left.missing,
    },
    variables,
    ...(options.publicUrl === undefined
      ? {}
      : { production: productionLines(variables, project.port, project.python) }),
    changed: settings.changed,
    notes: [...left.notes, ...outranked],
    steps: left.steps,
    ...(check === undefined ? {} : { check }),
  };
}
