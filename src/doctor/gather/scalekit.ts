import { lookup } from 'node:dns/promises';
import {
  authorizationServerMetadataUrls,
  clockOffset,
  endpoints,
  isUrl,
  keysPath,
  parseIssuer,
} from '../../scalekit/index.ts';
import type { ScalekitFacts } from '../facts/index.ts';
import { type ProbeOptions, type ProbeResult, probe } from '../probe.ts';
import { objectOf } from '../reading.ts';

/** Whether names can be resolved at all. Asked only after one failed: without a network none can. */
async function namesResolve(answer: ProbeResult): Promise<{ namesResolve?: boolean }> {
  if (answer.answered || answer.failure !== 'no-such-host') return {};
  const found = await lookup('scalekit.com').then(
    () => true,
    () => false,
  );
  return { namesResolve: found };
}

/** Where the keys are: at Scalekit it is known; any other server's metadata says. */
function askKeys(
  issuer: string,
  metadata: Promise<ProbeResult>,
  options: ProbeOptions,
): Promise<ProbeResult> {
  const scalekit = parseIssuer(issuer);
  if (scalekit) return probe({ url: endpoints(scalekit.environmentUrl, scalekit.resourceId).keys }, options);
  return metadata.then((answer) => {
    const url = objectOf(answer)?.jwks_uri;
    const hasUrl = typeof url === 'string' && /^https?:\/\//.test(url) && isUrl(url);
    // Without metadata only Scalekit's own location is known; a wrong id in the path does not change it.
    return probe({ url: hasUrl ? url : new URL(keysPath, issuer).href }, options);
  });
}

/**
 * Asks an authorization server for its keys and for its metadata in both forms.
 * @param issuer for Scalekit `{env}/resources/{res}`; any other is asked as RFC 8414 says.
 */
export async function gatherAuthorizationServer(
  issuer: string,
  options: ProbeOptions,
): Promise<ScalekitFacts> {
  const urls = authorizationServerMetadataUrls(issuer);
  const askedAt = Date.now();
  const asked = probe({ url: urls.metadata }, options);
  const [{ answer: metadata, at }, metadataAppended, keys] = await Promise.all([
    asked.then((answer) => ({ answer, at: Date.now() })),
    probe({ url: urls.metadataAppended }, options),
    askKeys(issuer, asked, options),
  ]);
  const offset = metadata.answered ? clockOffset(metadata.headers, askedAt, at) : undefined;
  return {
    issuer,
    ...parseIssuer(issuer),
    metadata,
    metadataAppended,
    keys,
    ...(offset === undefined ? {} : { clockOffset: offset }),
    ...(await namesResolve(metadata)),
  };
}

/** Asks the authorization server of a configured MCP server. */
export function gatherScalekit(
  environmentUrl: string,
  resourceId: string,
  options: ProbeOptions,
): Promise<ScalekitFacts> {
  return gatherAuthorizationServer(endpoints(environmentUrl, resourceId).issuer, options);
}
