import { isLoopback, isUrl, portOf } from '../../scalekit/index.ts';
import {
  type Fact,
  type Facts,
  known,
  missing,
  noFacts,
  type ProjectFacts,
  type ScalekitFacts,
  type ServerFacts,
} from '../facts/index.ts';
import { type ProbeOptions, probe } from '../probe.ts';
import { authorizationMetadata, isMcpAnswer, isMcpServer, keyList } from '../reading.ts';
import { listeningPort } from '../settings.ts';
import { gatherAsked } from './asked.ts';
import { type Endpoint, findEndpoint } from './endpoint.ts';
import { forgeryFor } from './forged.ts';
import { initialize } from './messages.ts';
import { mintLocally } from './mint.ts';
import { ownerOf } from './port-process.ts';
import { gatherRegistrations } from './registrations.ts';
import { askMetadata, gatherServer, type Meanwhile } from './server.ts';
import {
  configuredScalekit,
  endpointOf,
  namedScalekit,
  ownEndpoint,
  projectOf,
  type Target,
} from './target.ts';
import { readToken } from './token.ts';
import { gatherTools } from './tools.ts';

/** How long a server may take for one answer, and for all of them together, in milliseconds. */
export const patience = { answer: 5000, all: 15_000 } as const;

function limitsOf({ signal, limits = patience }: Pick<Target, 'signal' | 'limits'>): ProbeOptions {
  return { signal, milliseconds: limits.answer, deadline: Date.now() + limits.all };
}

/** Whether this project's server answers at the port that its settings or its source name, if MCP_URL leads elsewhere. */
async function askLocalPort(
  { endpoint }: ServerFacts,
  project: Fact<ProjectFacts>,
  options: ProbeOptions,
): Promise<Pick<ServerFacts, 'localPort'>> {
  const url = new URL(endpoint);
  const port = project.known ? listeningPort(project.value) : undefined;
  if (port === undefined || (isLoopback(url) && portOf(url) === port)) return {};
  const asked = { url: `http://localhost:${port}${url.pathname}`, method: 'POST', json: initialize };
  const answer = await probe(asked, options);
  return { localPort: { port, answers: isLoopback(url) ? isMcpAnswer(answer) : answer.answered } };
}

/** What is worth knowing about the machine if no MCP server answered: which other program is there. */
async function whoElse(
  server: ServerFacts,
  project: Fact<ProjectFacts>,
  directory: string,
  options: ProbeOptions,
): Promise<Partial<ServerFacts>> {
  const url = new URL(server.endpoint);
  const { noToken } = server;
  if (isMcpServer(server)) return {};
  const elsewhere = await askLocalPort(server, project, options);
  const isThere = noToken.answered || noToken.failure !== 'refused';
  const owner = isLoopback(url) && isThere ? await ownerOf(portOf(url), directory) : undefined;
  return { ...elsewhere, ...(owner === undefined ? {} : { portOwner: owner }) };
}

async function registrationsOf(
  target: Target,
  project: Fact<ProjectFacts>,
  scalekit: Fact<ScalekitFacts>,
  endpoint: string,
  options: ProbeOptions,
): Promise<Facts['registrations']> {
  const authorizationEndpoint = scalekit.known
    ? authorizationMetadata(scalekit.value)?.authorization_endpoint
    : undefined;
  if (typeof authorizationEndpoint !== 'string' || !isUrl(authorizationEndpoint))
    return missing('The authorization server does not say where people sign in');
  const clients = project.known ? project.value.clients.filter((client) => client.url === endpoint) : [];
  const of = { home: target.home, endpoint, authorizationEndpoint, clients };
  return known(await gatherRegistrations(of, options));
}

/** The token that was given, or one of the local Scalekit's, with what it says and what the server answers to it. */
async function gatherTokenAndTools(
  target: Target,
  scalekitFact: Promise<Fact<ScalekitFacts>>,
  endpoint: Fact<Endpoint>,
  options: ProbeOptions,
): Promise<Pick<Facts, 'token' | 'tools'>> {
  // A token from the command line need not wait for Scalekit.
  const asked =
    target.token !== undefined && endpoint.known
      ? gatherTools(endpoint.value.endpoint, target.token, options)
      : undefined;
  asked?.catch(() => {});
  const scalekit = await scalekitFact;
  const minted =
    target.token === undefined && scalekit.known ? await mintLocally(scalekit.value, options) : undefined;
  const token = target.token ?? minted;
  if (token === undefined) {
    const none = missing(
      'No token was given (--token), and only the local Scalekit issues them without a sign-in',
    );
    return { token: none, tools: none };
  }
  const keys = scalekit.known ? keyList(scalekit.value) : undefined;
  const [facts, tools] = await Promise.all([
    readToken(token, minted === undefined ? 'given' : 'local', keys, Date.now() / 1000),
    asked ?? (endpoint.known ? gatherTools(endpoint.value.endpoint, token, options) : undefined),
  ]);
  return {
    token: known(facts),
    tools: tools === undefined ? missing('It is not known where the server is') : known(tools),
  };
}

const offlineReason = 'Nothing was requested over the network (--offline)';

/** @returns facts from files only; a token is read, but its signature is not checked. */
async function gatherOffline(target: Target): Promise<Facts> {
  const project = await projectOf(target);
  const token = target.token
    ? known(await readToken(target.token, 'given', undefined, Date.now() / 1000))
    : missing('No token was given (--token)');
  return { ...noFacts(offlineReason), project, token };
}

async function gatherServerFacts(
  target: Target,
  place: Endpoint,
  project: Fact<ProjectFacts>,
  meanwhile: Meanwhile,
  options: ProbeOptions,
): Promise<Fact<ServerFacts>> {
  const answers = await gatherServer(place.endpoint, meanwhile, options);
  return known({ ...answers, ...place, ...(await whoElse(answers, project, target.directory, options)) });
}

/** What is found out about a server whose URL is known, and about its authorization server. */
async function gatherOnline(
  target: Target,
  project: Fact<ProjectFacts>,
  place: Endpoint,
  options: ProbeOptions,
): Promise<Partial<Facts>> {
  const { silence, ...where } = place;
  if (silence === undefined) return gatherAt(target, project, where, options);
  const facts = await gatherAt(target, project, where, { ...options, milliseconds: 1000 });
  const { server } = facts;
  // The first request tells how long the wait really was.
  if (server === undefined || !server.known) return facts;
  // It was only slow to begin with (a cold start, a busy machine): now it gets the time that any server gets.
  if (server.value.noToken.answered) return gatherAt(target, project, where, options);
  return { ...facts, server: known({ ...server.value, noToken: silence }) };
}

async function gatherAt(
  target: Target,
  project: Fact<ProjectFacts>,
  place: Endpoint,
  options: ProbeOptions,
): Promise<Partial<Facts>> {
  const { endpoint } = place;
  const metadata = askMetadata(endpoint, options);
  const scalekit = configuredScalekit(project, options).then((configured) =>
    configured.known ? configured : namedScalekit(metadata, options),
  );
  const forgery = scalekit.then((fact) => forgeryFor(endpoint, fact.known ? fact.value : undefined));
  // It is awaited only after the first answers; if those fail, nobody awaits it.
  forgery.catch(() => {});
  const [server, registrations, token, scalekitFact] = await Promise.all([
    gatherServerFacts(target, place, project, { metadata, forgery }, options),
    scalekit.then((fact) => registrationsOf(target, project, fact, endpoint, options)),
    gatherTokenAndTools(target, scalekit, known(place), options),
    scalekit,
  ]);
  return { scalekit: scalekitFact, server, registrations, ...token };
}

/** Whether the project's server has to be started for this: asked for, and not running. */
async function isToBeStarted(target: Target, place: Fact<Endpoint>, options: ProbeOptions): Promise<boolean> {
  if (target.start !== true || target.url !== undefined) return false;
  if (!place.known) return true;
  const answer = await probe({ url: place.value.endpoint, method: 'POST', json: initialize }, options);
  return !isMcpAnswer(answer);
}

/** Examines the project's own server, which is started for this and stopped afterwards. */
async function gatherStarted(target: Target, project: ProjectFacts): Promise<Facts> {
  const { startOwn } = await import('./start-own.ts');
  const server = await startOwn(project, target.directory, target.env, target.signal);
  try {
    const fact = known(project);
    const options = limitsOf(target);
    const start = known(server.facts);
    if (server.port === undefined) {
      const scalekit = await configuredScalekit(fact, options);
      return { ...noFacts('The server does not start'), project: fact, scalekit, start };
    }
    const url = new URL(ownEndpoint(project) ?? 'http://localhost/mcp');
    const given = new URL(url.pathname, `http://localhost:${server.port}`).href;
    const place = await findEndpoint(given, project.paths, options, 'settings');
    return {
      ...noFacts('Not asked'),
      project: fact,
      start,
      ...(await gatherOnline(target, fact, place, options)),
    };
  } finally {
    await server.stop();
  }
}

/**
 * Gathers every fact once, concurrently where possible. What cannot be found out is a missing fact or an
 * unanswered request, and stops nothing else.
 * @throws what aborted the target's signal.
 */
export async function gatherFacts(target: Target): Promise<Facts> {
  if (target.offline) return gatherOffline(target);
  const options = limitsOf(target);
  const facts = await gatherAll(target, options);
  const endpoint = facts.server.known ? facts.server.value.endpoint : undefined;
  return { ...facts, ...(await gatherAsked(target, endpoint, options)) };
}

async function gatherAll(target: Target, options: ProbeOptions): Promise<Facts> {
  const project = await projectOf(target);
  const place = await endpointOf(target, project, options);
  if (project.known && (await isToBeStarted(target, place, options)))
    return gatherStarted(target, project.value);
  if (place.known) {
    const facts = await gatherOnline(target, project, place.value, options);
    const notStarted = target.start
      ? 'The server is already running'
      : 'The doctor starts no server by itself (--start does)';
    return { ...noFacts(notStarted), project, ...facts };
  }
  const scalekit = configuredScalekit(project, options);
  const token = await gatherTokenAndTools(target, scalekit, place, options);
  return { ...noFacts(place.why), project, scalekit: await scalekit, ...token };
}

/**
 * Gathers what a server's verifier needs to judge a token: the token, the project's settings and Scalekit's keys. The server
 * itself is not called.
 * @throws what aborted the target's signal.
 */
export async function gatherVerdictFacts(
  target: Pick<Target, 'directory' | 'env' | 'url' | 'signal'>,
  token: string,
): Promise<Facts> {
  const options = limitsOf(target);
  const project = await projectOf(target);
  const endpoint = target.url ?? (project.known ? ownEndpoint(project.value) : undefined);
  const configured = await configuredScalekit(project, options);
  const scalekit =
    configured.known || endpoint === undefined
      ? configured
      : await namedScalekit(askMetadata(endpoint, options), options);
  const keys = scalekit.known ? keyList(scalekit.value) : undefined;
  const read = known(await readToken(token, 'given', keys, Date.now() / 1000));
  return { ...noFacts('The server was not asked'), project, scalekit, token: read };
}
