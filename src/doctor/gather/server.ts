import { isLoopback, isUrl, protectedResourceMetadataUrls } from '../../scalekit/index.ts';
import type { ServerFacts } from '../facts/index.ts';
import { isNoUpstream } from '../interference.ts';
import { type ProbeOptions, type ProbeRequest, type ProbeResult, probe } from '../probe.ts';
import { challengeOf, isMcpAnswer, isServed } from '../reading.ts';
import { toolFactsOf } from '../tools.ts';
import { askAgain } from './ask-again.ts';
import { type Forgery, forgeTokens } from './forged.ts';
import { foreignName, initialize } from './messages.ts';
import { gatherOpenness } from './openness.ts';

/** Where the MCP Inspector runs, which represents every page that a developer opens (docs/mcp.md#clients). */
const inspectorOrigin = 'http://localhost:6274';

/** Asks one server. */
export type Ask = (request: ProbeRequest) => Promise<ProbeResult>;

export function asker(options: ProbeOptions): Ask {
  return (request) => askAgain(request, options);
}

export function caller(ask: Ask, endpoint: string) {
  return (headers: Readonly<Record<string, string>> = {}) =>
    ask({ url: endpoint, method: 'POST', json: initialize, headers });
}

/** Two calls in a row: some servers answer only the first. */
async function callTwice(call: () => Promise<ProbeResult>): Promise<readonly [ProbeResult, ProbeResult]> {
  const first = await call();
  return [first, first.answered ? await call() : first];
}

/** What a web page's script can see. */
function asBrowser(ask: Ask, endpoint: string) {
  const { metadata } = protectedResourceMetadataUrls(endpoint);
  const url = new URL(endpoint);
  const browserOrigin = isLoopback(url) ? inspectorOrigin : url.origin;
  const origin = { origin: browserOrigin };
  const preflight = {
    ...origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, content-type, mcp-protocol-version',
  };
  return {
    browserOrigin,
    answers: Promise.all([
      ask({ url: endpoint, method: 'OPTIONS', headers: preflight }),
      caller(ask, endpoint)(origin),
      ask({ url: metadata, headers: origin }),
    ]),
  };
}

/** A server's protected resource metadata at its two places. */
export type MetadataAnswers = Pick<ServerFacts, 'metadata' | 'metadataRoot'>;

/** Asks a server for its metadata, which is needed before everything else: it names the authorization server. */
export async function askMetadata(endpoint: string, options: ProbeOptions): Promise<MetadataAnswers> {
  const urls = protectedResourceMetadataUrls(endpoint);
  const [metadata, metadataRoot] = await Promise.all([
    askAgain({ url: urls.metadata }, options),
    askAgain({ url: urls.metadataRoot }, options),
  ]);
  return { metadata, metadataRoot };
}

async function askEverything(ask: Ask, endpoint: string, documents: Promise<MetadataAnswers>) {
  const call = caller(ask, endpoint);
  const browser = asBrowser(ask, endpoint);
  const copy = `${new URL(endpoint).origin}/.well-known/oauth-authorization-server`;
  const [twice, inBrowser, ...rest] = await Promise.all([
    callTwice(call),
    browser.answers,
    call({ authorization: 'Bearer not-a-token' }),
    documents,
    ask({ url: copy }),
    call({ origin: `https://${foreignName}` }),
    call({ host: foreignName }),
  ]);
  const [noToken, secondCall] = twice;
  const [preflight, callFromBrowser, metadataFromBrowser] = inBrowser;
  const [garbageToken, metadata, authorizationServerCopy, foreignOrigin, foreignHost] = rest;
  return {
    ...metadata,
    ...{ noToken, secondCall, garbageToken, metadataFromBrowser },
    ...{ authorizationServerCopy, preflight, callFromBrowser, foreignOrigin, foreignHost },
    browserOrigin: browser.browserOrigin,
  };
}

async function askWithForgedTokens(ask: Ask, endpoint: string, forgery: Forgery) {
  const call = caller(ask, endpoint);
  const tokens = forgeTokens(forgery, Math.floor(Date.now() / 1000));
  const bearer = (token: string) => call({ authorization: `Bearer ${token}` });
  const [unsignedToken, forgedToken, expiredToken] = await Promise.all([
    bearer(tokens.unsigned),
    bearer(tokens.forged),
    bearer(tokens.expired),
  ]);
  return { unsignedToken, forgedToken, expiredToken };
}

/** Asks for the document that the challenge points to, if it is at neither of the two well-known places. */
async function askNamed(
  ask: Ask,
  refusal: ProbeResult,
  facts: Pick<ServerFacts, 'metadata' | 'metadataRoot'>,
): Promise<ProbeResult | undefined> {
  const named = challengeOf(refusal)?.resource_metadata;
  const known = [facts.metadata.url, facts.metadataRoot.url];
  if (named === undefined || known.includes(named) || !/^https?:\/\//.test(named) || !isUrl(named))
    return undefined;
  return ask({ url: named });
}

/** What is found out elsewhere at the same time, and awaited only when it is needed. */
export interface Meanwhile {
  readonly metadata: Promise<MetadataAnswers>;
  /** What the forged tokens claim. */
  readonly forgery: Promise<Forgery>;
}

/**
 * Sends a server every request that can be made without a token.
 * @param endpoint e.g. `http://localhost:3002/mcp`.
 */
export async function gatherServer(
  endpoint: string,
  { metadata, forgery }: Meanwhile,
  options: ProbeOptions,
): Promise<ServerFacts> {
  const ask = asker(options);
  const answers = await askEverything(ask, endpoint, metadata);
  const { noToken } = answers;
  if (!noToken.answered)
    return { endpoint, ...answers, unsignedToken: noToken, forgedToken: noToken, expiredToken: noToken };
  const [forged, [further, metadataNamed]] = await Promise.all([
    askWithForgedTokens(ask, endpoint, await forgery),
    askFurther(endpoint, noToken, options).then(
      async (later) => [later, await askNamed(ask, later.laterRefusal ?? noToken, answers)] as const,
    ),
  ]);
  return { endpoint, ...answers, ...forged, ...(metadataNamed && { metadataNamed }), ...further };
}

/** A server may look at the token of the first message alone: without one, the messages after it are answered. */
async function askPastRefusal(
  endpoint: string,
  options: ProbeOptions,
): Promise<Partial<Pick<ServerFacts, 'openness'>>> {
  const openness = await gatherOpenness(endpoint, undefined, options);
  return toolFactsOf(openness.list) === undefined ? {} : { openness };
}

/** What is worth asking only after the first answer: how far an open server lets one in, or what else answers at a refusing one. */
async function askFurther(
  endpoint: string,
  noToken: ProbeResult,
  options: ProbeOptions,
): Promise<Partial<Pick<ServerFacts, 'openness' | 'laterRefusal' | 'eventStream'>>> {
  if (!isServed(noToken)) {
    if (isMcpAnswer(noToken)) return askPastRefusal(endpoint, options);
    if (isNoUpstream(noToken)) return {};
    const headers = { accept: 'text/event-stream' };
    return { eventStream: await probe({ url: endpoint, headers }, options) };
  }
  let session: string | undefined;
  const onSession = (id: string) => {
    session = id;
  };
  // Ask again, since the id of a session is not kept in the facts.
  await probe({ url: endpoint, method: 'POST', json: initialize }, { ...options, onSession });
  const openness = await gatherOpenness(endpoint, session, options);
  const refusal = [openness.list, openness.call?.answer].find(
    (answer) => answer?.answered && (answer.status === 401 || answer.status === 403),
  );
  return { openness, ...(refusal === undefined ? {} : { laterRefusal: refusal }) };
}
