import { isUrl, protectedResourceMetadataUrls } from '../../scalekit/index.ts';
import { isNoUpstream, redirectTarget } from '../interference.ts';
import { type ProbeOptions, type ProbeResult, probe } from '../probe.ts';
import { challengeOf, isMcpAnswer, isOldStream, objectOf } from '../reading.ts';
import { initialize } from './messages.ts';

/** The MCP endpoint that a URL leads to, and what answered at that URL if it is not the endpoint. */
export interface Endpoint {
  readonly endpoint: string;
  readonly given?: string;
  readonly givenBy?: 'person' | 'settings';
  /** It accepts connections but does not answer: having waited once, we need not wait as long again. */
  readonly silence?: ProbeResult;
  readonly atGiven?: ProbeResult;
}

function once(urls: readonly string[], given: string): readonly string[] {
  return urls.filter((url, index) => url !== given && urls.indexOf(url) === index);
}

/** Where the endpoint usually is if a URL is not the endpoint: below the URL, at the root of its host, or where servers have it. */
function usualPlaces(given: string): readonly string[] {
  const { pathname } = new URL(given);
  const folder = pathname.replace(/\/mcp\/?$/, '').replace(/\/$/, '');
  const paths = [
    `${folder}/mcp`,
    '/mcp',
    `${folder}/mcp/`,
    '/mcp/',
    '/api/mcp',
    `${folder}/`,
    '/',
    '/sse',
    '/mcp/sse',
  ];
  return paths.map((path) => new URL(path, given).href);
}

/** What the server's own metadata at the root calls its endpoint, where it is on the same host. */
async function fromMetadata(given: string, options: ProbeOptions): Promise<readonly string[]> {
  const { metadataRoot } = protectedResourceMetadataUrls(given);
  const resource = objectOf(await probe({ url: metadataRoot }, options))?.resource;
  if (typeof resource !== 'string' || !isUrl(resource)) return [];
  return new URL(resource).host === new URL(given).host ? [resource] : [];
}

/** A redirect within the same host is followed, since most clients do. */
function redirected(answer: ProbeResult, given: string): string | undefined {
  const target = redirectTarget(answer);
  const url = new URL(given);
  if (target === undefined || target.hostname !== url.hostname) return undefined;
  // A redirect back to http is not followed, and a page for people is not the endpoint.
  if (url.protocol === 'https:' && target.protocol === 'http:') return undefined;
  return target.href === given ? undefined : target.href;
}

/**
 * Finds out whether a URL is the MCP endpoint, or which one was meant (docs/scalekit.md#documented-failures, 6).
 * @param places paths that the project's source names.
 */
export async function findEndpoint(
  given: string,
  places: readonly string[],
  options: ProbeOptions,
  givenBy: 'person' | 'settings',
): Promise<Endpoint> {
  const call = (url: string) => probe({ url, method: 'POST', json: initialize }, options);
  const [atGiven, named] = await Promise.all([
    call(given),
    givenBy === 'settings' ? fromMetadata(given, options) : [],
  ]);
  const bySource = places.map((path) => new URL(path, given).href);
  if (!atGiven.answered) {
    const usual = givenBy === 'settings' ? usualFor(given, bySource)[0] : undefined;
    const silence = atGiven.failure === 'timeout' ? { silence: atGiven } : {};
    return { endpoint: usual ?? given, givenBy, ...silence };
  }
  if (isMcpAnswer(atGiven))
    return betterNamed(
      { endpoint: given, givenBy },
      atGiven,
      [...named, ...(givenBy === 'settings' ? usualFor(given, bySource) : [])],
      call,
    );
  const isOwn = givenBy === 'settings';
  const fromServer = isOwn ? named : await fromMetadata(given, options);
  const found = await findElsewhere(given, atGiven, [...fromServer, ...bySource], options);
  if (found !== undefined) return { ...found, given, atGiven, givenBy };
  // MCP is nowhere: report the place that the server itself names, since its owner knows that one.
  return { endpoint: (isOwn ? named[0] : undefined) ?? given, givenBy };
}

/** @returns where MCP answers, to a call or as a stream, if not at the URL as given. */
async function findElsewhere(
  given: string,
  atGiven: ProbeResult,
  likely: readonly string[],
  options: ProbeOptions,
): Promise<Pick<Endpoint, 'endpoint' | 'silence'> | undefined> {
  const further = redirected(atGiven, given);
  const candidates = once(
    [...(further === undefined ? [] : [further]), ...likely, ...usualPlaces(given)],
    given,
  );
  const answers = await Promise.all(
    candidates.map((url) => probe({ url, method: 'POST', json: initialize }, options)),
  );
  const found = candidates.find((_, index) => answers[index] !== undefined && isMcpAnswer(answers[index]));
  if (found !== undefined) return { endpoint: found };
  // A proxy that reaches nothing takes its time for each answer, and has no more to tell.
  if (isNoUpstream(atGiven)) return undefined;
  const described = await findDescribed(candidates, answers, options);
  if (described !== undefined) return described;
  const stream = await findStream(candidates, options);
  return stream === undefined ? undefined : { endpoint: stream };
}

/** A server that refuses in its own way, or does not answer: its metadata says that MCP is there. */
async function findDescribed(
  candidates: readonly string[],
  answers: readonly ProbeResult[],
  options: ProbeOptions,
): Promise<Pick<Endpoint, 'endpoint' | 'silence'> | undefined> {
  const unclear = candidates.filter((_, index) => {
    const answer = answers[index];
    return answer?.answered ? [400, 403, 422, 500].includes(answer.status) : answer?.failure === 'timeout';
  });
  const described = await Promise.all(
    unclear.map(async (url) => {
      const { metadata } = protectedResourceMetadataUrls(url);
      return objectOf(await probe({ url: metadata }, options))?.resource === url;
    }),
  );
  const endpoint = unclear.find((_, index) => described[index]);
  if (endpoint === undefined) return undefined;
  const silence = answers[candidates.indexOf(endpoint)];
  return { endpoint, ...(silence?.answered === false ? { silence } : {}) };
}

/** A bare host is the base URL more often than the endpoint, unless the source serves something there. */
function usualFor(given: string, bySource: readonly string[]): readonly string[] {
  const { pathname, href } = new URL(given);
  if (pathname !== '/' || bySource.includes(href)) return [];
  return [...bySource.filter((url) => /mcp/.test(new URL(url).pathname)), new URL('/mcp', given).href];
}

/**
 * A token check in front of everything answers 401 at any path. If the settings do not name the path, the server's own
 * metadata counts, or else the source and what is usual.
 * @param better places where MCP is more likely than at the URL as given, the likeliest first.
 */
async function betterNamed(
  asGiven: Endpoint,
  atGiven: ProbeResult,
  better: readonly string[],
  call: (url: string) => Promise<ProbeResult>,
): Promise<Endpoint> {
  const challenged = challengeOf(atGiven)?.resource_metadata;
  const [likeliest] = better;
  if (!atGiven.answered || atGiven.status !== 401 || likeliest === undefined) return asGiven;
  // A challenge that points at this very path's metadata says that the path is right.
  const isRight = challenged === protectedResourceMetadataUrls(asGiven.endpoint).metadata;
  if (isRight || likeliest === asGiven.endpoint || !isMcpAnswer(await call(likeliest))) return asGiven;
  return { ...asGiven, endpoint: likeliest, given: asGiven.endpoint, atGiven };
}

async function findStream(candidates: readonly string[], options: ProbeOptions): Promise<string | undefined> {
  const streams = candidates.filter((url) => /sse/.test(url));
  const listen = (url: string) => probe({ url, headers: { accept: 'text/event-stream' } }, options);
  const said = await Promise.all(streams.map(listen));
  return streams.find((_, index) => isOldStream(said[index]));
}
