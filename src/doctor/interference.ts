import { isLoopback, isUrl } from '../scalekit/index.ts';
import type { ServerFacts, ToolsFacts } from './facts/index.ts';
import { textOf, whoAnswered } from './intermediaries.ts';
import type { ProbeResult } from './probe.ts';
import { challengeOf, isMcpServer, isRedirect, objectIn, reasonOf } from './reading.ts';

/** Recognises what something in front of the server has answered or changed. Pure: it only reads answers. */

/** A page or an address where people sign in, and programs cannot. */
const loginPlace =
  /(?:^|[/._-])(?:log-?in|sign-?in|sso|oauth2\/(?:start|sign_in|authorize)|saml2?|cdn-cgi\/access)(?:[/?.#_-]|$)|accounts\.google\.com|cloudflareaccess\.com|login\.microsoftonline\.com|\.okta\.com|\.auth0\.com|vercel\.com\/sso|[?&](?:next|redirect_to|return_to|rd)=/i;

/** @returns where a redirect leads, as a full URL; undefined if it is not a redirect. */
export function redirectTarget(answer: ProbeResult): URL | undefined {
  if (!answer.answered || !isRedirect(answer)) return undefined;
  const { location } = answer.headers;
  return location !== undefined && isUrl(location, answer.url) ? new URL(location, answer.url) : undefined;
}

/** A cloud's own check in front of everything: it answers in the server's place, and asks for tokens of its own. */
function isGatewayLogin(answer: Extract<ProbeResult, { answered: true }>): boolean {
  const { headers } = answer;
  const challenge = challengeOf(answer);
  if (challenge?.resource_metadata !== undefined) return false;
  if (challenge?.authorization_uri !== undefined) return true;
  if (/Your client does not have permission to get URL/i.test(textOf(answer))) return true;
  const isApiGateway = headers['apigw-requestid'] !== undefined || headers['x-amz-apigw-id'] !== undefined;
  return isApiGateway && textOf(answer) === '{"message":"Unauthorized"}';
}

/** @returns whether people are sent or asked to sign in, in a way that is not MCP's. */
export function isLogin(answer: ProbeResult): boolean {
  if (!answer.answered) return false;
  const target = redirectTarget(answer);
  if (target !== undefined) return loginPlace.test(target.hostname + target.pathname + target.search);
  if (answer.headers['x-goog-iap-generated-response'] !== undefined) return true;
  if (answer.status !== 401 && answer.status !== 403) return false;
  const challenge = answer.headers['www-authenticate'] ?? '';
  if (/^\s*cloudflare-access/i.test(challenge)) return true;
  if (isGatewayLogin(answer)) return true;
  if (challengeOf(answer) !== undefined) return false;
  const isPassword = /^\s*(?:basic|digest|negotiate|ntlm)\b/i.test(challenge);
  const isPage =
    answer.body.kind === 'html' && /sign in|log in|vercel|access denied by .*policy/i.test(textOf(answer));
  return (isPassword && answer.body.kind !== 'json') || isPage;
}

/** @returns whether https is sent back to http, to the same host: the server does not know that it is behind TLS. */
export function isDowngrade(answer: ProbeResult, endpoint: string): boolean {
  const target = redirectTarget(answer);
  const url = new URL(endpoint);
  return url.protocol === 'https:' && target?.protocol === 'http:' && target.hostname === url.hostname;
}

const gatewayWords =
  /bad gateway|gateway time-?out|service (?:temporarily )?unavailable|no server is available|invalid or incomplete response|upstream connect error|no healthy upstream|application failed to respond|error code: (?:502|52\d|530|1033)|ERR_NGROK_|web server is down|connection timed out|deployment_not_found|no available server|backend fetch failed|^application error\b|web server received an invalid response/i;

/** @returns whether a proxy says that it does not reach the server. A server's own 5xx is JSON, or says something else. */
export function isNoUpstream(answer: ProbeResult): boolean {
  if (!answer.answered) return false;
  const { status, headers, body } = answer;
  if (headers['ngrok-error-code'] !== undefined && status >= 400) return true;
  if (headers['x-vercel-error'] !== undefined || headers['x-railway-fallback'] !== undefined) return true;
  if (status < 502 || status > 530 || (status > 504 && status < 520)) return false;
  if (body.kind === 'empty') return whoAnswered(answer) !== undefined;
  // 503 may come from the server itself, about Scalekit's keys.
  return gatewayWords.test(textOf(answer)) || (status !== 503 && whoAnswered(answer) !== undefined);
}

/** What servers and SDKs say about a Host that they do not know: ours, FastMCP and the Python SDK (421), the TypeScript SDKs (403). */
const hostWords =
  /foreign_host|invalid host|host (?:header )?(?:is )?not allowed|host .{0,40}not (?:allowed|permitted|in the allow)|disallowedhost|blocked request\. this host/i;

/** @returns whether the server refuses the host name of the request. */
export function isHostRefused(answer: ProbeResult): boolean {
  if (!answer.answered || ![400, 403, 421].includes(answer.status)) return false;
  return answer.status === 421 || hostWords.test(textOf(answer));
}

/** Says that no token arrived, rather than a bad one: "missing or invalid" says neither. */
function saysNoToken(answer: ProbeResult): boolean {
  if (!answer.answered || answer.status !== 401) return false;
  const words = reasonOf(answer);
  if (/invalid|malformed|expired|bad\b/i.test(words)) return false;
  return /no[_ -]?token|missing[_ ](?:bearer|access|authorization|token|auth)|(?:token|authorization|header|credentials?)\b.{0,20}\b(?:missing|not (?:provided|present|found)|required|absent)|no (?:authorization|bearer|access|credentials)|not provided/i.test(
    words,
  );
}

/** @returns whether a token was sent but did not arrive. */
export function isTokenLost(server: ServerFacts, tools: ToolsFacts | undefined): boolean {
  return (
    saysNoToken(server.garbageToken) &&
    saysNoToken(server.forgedToken) &&
    (tools === undefined ||
      saysNoToken(tools.initialize) ||
      !tools.initialize.answered ||
      tools.initialize.status === 401)
  );
}

/** @returns whether the answer says that MCP is at the very URL that was requested. */
export function isPrefixTaken({ noToken, endpoint }: ServerFacts): boolean {
  if (!noToken.answered || noToken.status !== 404) return false;
  return textOf(noToken).includes(endpoint);
}

/** @returns whether a gateway has renamed the challenge. */
export function isChallengeRenamed(answer: ProbeResult): boolean {
  return (
    answer.answered &&
    answer.headers['x-amzn-remapped-www-authenticate'] !== undefined &&
    answer.headers['www-authenticate'] === undefined
  );
}

/** @returns whether something in front of the server answers in its place, or does not let the call through. */
export function isInterfered(server: ServerFacts): boolean {
  const { noToken, endpoint } = server;
  return (
    isLogin(noToken) ||
    isDowngrade(noToken, endpoint) ||
    isNoUpstream(noToken) ||
    isHostRefused(noToken) ||
    isPrefixTaken(server)
  );
}

/** @returns whether, judging by its process, another program on this machine has the port and does not speak MCP. */
export function isStranger(server: ServerFacts): boolean {
  return server.portOwner?.isOwn === false && !isMcpServer(server);
}

/** @returns whether the authorization error of a server comes in a 200, as a JSON-RPC error that no client signs in for. */
export function isRefusalIn200(answer: ProbeResult): boolean {
  if (!answer.answered || answer.status !== 200 || answer.body.kind !== 'json') return false;
  const error = objectIn(objectIn(answer.body.value)?.error);
  return (
    error !== undefined &&
    /unauthori[sz]ed|authenticat|token|forbidden|login/i.test(String(error.message ?? ''))
  );
}

/** @returns whether the server is on this machine. */
export function isOnThisMachine({ endpoint }: ServerFacts): boolean {
  return isLoopback(new URL(endpoint));
}
