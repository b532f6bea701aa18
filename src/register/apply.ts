import { UserError } from '../terminal/errors.ts';
import { type Door, ToolTrouble } from './door.ts';
import { listScopes, listServers } from './look.ts';
import { type Plan, registeredAs, tokenExpiry } from './plan.ts';
import { type Reading, readRegistered, statesFailure } from './prose.ts';
import { type ReadResource, readResource } from './resource.ts';
import type { Arguments } from './tools.ts';

/** What has been created so far, so that an interrupted run can report it. */
export interface Progress {
  /** What was created, in words. */
  readonly made: string[];
  /** A request without an answer yet: what it asked for may exist. */
  pending: string | undefined;
}

/** The outcome. */
export interface Applied {
  readonly resourceId: string;
  readonly resource: ReadResource;
  readonly createdScopes: readonly string[];
  readonly serverState: 'created' | 'found';
}

function scopeArguments(plan: Plan, name: string, description: string): Arguments {
  return { environment: plan.environment.id, scope: name, description };
}

function serverArguments({ environment, wish }: Plan): Arguments {
  return {
    environment: environment.id,
    name: wish.name,
    description: '',
    // Unchanged, slash included: Scalekit keeps the URL as given (docs/scalekit.md#registering-a-server).
    url: wish.url,
    tokenExpiry,
    provider: '',
    usesScalekit: true,
  };
}

/**
 * Makes sure, before anything is created, that each tool of the plan can be called.
 * @throws ToolTrouble
 */
export function checkTools(door: Door, plan: Plan): void {
  for (const { name, description } of plan.newScopes)
    door.check('create_environment_scope', scopeArguments(plan, name, description));
  if (plan.server.state === 'new') door.check('register_mcp_server', serverArguments(plan));
}

async function make<T>(progress: Progress, what: string, run: () => Promise<T>): Promise<T> {
  progress.pending = what;
  const result = await run();
  progress.made.push(what);
  progress.pending = undefined;
  return result;
}

/** Any answer but a failure will do: the list shows whether the scope exists. */
function readCreated(text: string): Reading<true> {
  return statesFailure(text) ? { kind: 'failure' } : { kind: 'read', value: true };
}

/**
 * Creates the missing scopes and reads the list again. An existing scope is refused as well, so only the list shows whether
 * something is wrong.
 * @returns the scopes that were created.
 */
async function createScopes(door: Door, plan: Plan, progress: Progress): Promise<readonly string[]> {
  const refused = new Map<string, string>();
  for (const { name, description } of plan.newScopes) {
    const args = scopeArguments(plan, name, description);
    await make(progress, `scope ${name}`, () =>
      door.call('create_environment_scope', args, readCreated),
    ).catch((error) => {
      if (!(error instanceof ToolTrouble)) throw error;
      progress.pending = undefined;
      refused.set(name, error.said);
    });
  }
  const names = plan.newScopes.map(({ name }) => name);
  if (names.length === 0) return [];
  const { scopes, scopesAreCertain } = await listScopes(door, plan.environment.id);
  const missing = scopesAreCertain
    ? names.find((name) => !scopes.some((each) => each.name === name))
    : undefined;
  if (missing !== undefined)
    throw new UserError(
      `Scalekit did not create the scope ${missing}: ${refused.get(missing) ?? 'it answered that it did, but does not list it'}`,
      {
        code: 'register/scope-refused',
        next: 'create it in the dashboard and run this again: existing scopes are found',
      },
    );
  return names.filter((name) => !refused.has(name));
}

interface NewServer {
  readonly id: string;
  readonly resource: ReadResource;
}

/**
 * Registers the server. The answer counts only if Scalekit lists the server afterwards or the resource itself confirms it;
 * a failure counts unless the list contradicts it.
 */
async function createServer(
  door: Door,
  plan: Plan,
  progress: Progress,
  signal: AbortSignal,
): Promise<NewServer> {
  const { wish, environment, environmentUrl } = plan;
  let trouble: ToolTrouble | undefined;
  const answer = await make(progress, `MCP server "${wish.name}" at ${wish.url}`, () =>
    door.call('register_mcp_server', serverArguments(plan), readRegistered),
  ).catch((error) => {
    if (!(error instanceof ToolTrouble)) throw error;
    trouble = error;
    return undefined;
  });
  const servers = await listServers(door, environment.id).catch((error) => {
    if (!(error instanceof ToolTrouble)) throw error;
    trouble ??= error;
    return undefined;
  });
  const id = registeredAs(servers ?? [], wish.url, answer)[0]?.id ?? answer;
  if (id === undefined) {
    // Neither created nor listed: it does not exist.
    if (servers !== undefined && trouble?.kind === 'failed') progress.pending = undefined;
    throw trouble ?? new ToolTrouble('list_mcp_servers', 'unreadable', 'the new MCP server is not in it');
  }
  const isListed = servers?.some((server) => server.id === id) === true;
  const resource: ReadResource =
    environmentUrl === undefined ? noUrl : await readResource(environmentUrl, id, signal);
  if (!isListed && !resource.read)
    throw new ToolTrouble('list_mcp_servers', 'unreadable', `${id} is not in it, and not at ${resource.why}`);
  return { id, resource };
}

const noUrl: ReadResource = { read: false, why: "the environment's URL could not be read" };

/**
 * Carries out the plan and reads back the result.
 * @throws ToolTrouble or UserError if something was not done; `progress` says what was.
 */
export async function applyPlan(
  door: Door,
  plan: Plan,
  progress: Progress,
  signal: AbortSignal,
): Promise<Applied> {
  const createdScopes = await createScopes(door, plan, progress);
  signal.throwIfAborted();
  if (plan.server.state === 'new') {
    const { id, resource } = await createServer(door, plan, progress, signal);
    return { resourceId: id, resource, createdScopes, serverState: 'created' };
  }
  const { id } = plan.server;
  const { environmentUrl } = plan;
  const resource = environmentUrl === undefined ? noUrl : await readResource(environmentUrl, id, signal);
  return { resourceId: id, resource, createdScopes, serverState: 'found' };
}
