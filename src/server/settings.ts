// The variables that every server reads, and the rule for each.
import { accept, type Checked, printable, refuse } from '../scalekit/checked.ts';
import { checkRedisUrl } from '../scalekit/deny-list.ts';
import { checkClientId, checkResourceId } from '../scalekit/identifiers.ts';
import {
  checkEnvironmentUrl,
  checkInternalUrl,
  checkMcpUrl,
  checkPort,
  checkResourceMetadataUrl,
  isThisMachine,
} from '../scalekit/urls.ts';
import { defaultPort } from '../scalekit/variables.ts';
import { checkAllowedHost, checkAllowedOrigin } from './allowed.ts';
import { type Level, type LogFormat, levels, logFormats } from './log.ts';

/** The settings of a server, checked. */
export interface Settings {
  /** Where this process listens. */
  readonly PORT: number;
  /** Default: only this machine if MCP_URL is on it, otherwise all interfaces. */
  readonly HOST: string | undefined;
  /** An origin, without a trailing slash. */
  readonly SCALEKIT_ENVIRONMENT_URL: string;
  /** For calls to Scalekit's API; tokens are verified without it. */
  readonly SCALEKIT_CLIENT_ID: string | undefined;
  readonly SCALEKIT_RESOURCE_ID: string;
  /** The public base URL of this server, with its trailing slash. */
  readonly MCP_URL: string;
  /** Host names, with any port, that are allowed besides that of MCP_URL. */
  readonly ALLOWED_HOSTS: readonly string[];
  /** Origins of web pages that are allowed besides that of MCP_URL. */
  readonly ALLOWED_ORIGINS: readonly string[];
  /** How many of your own proxies are in front and add to X-Forwarded-For. */
  readonly TRUSTED_PROXIES: number;
  /** Where challenges send clients for the metadata; default: where RFC 9728 puts it, below MCP_URL's host. */
  readonly RESOURCE_METADATA_URL: string | undefined;
  /** Where keys are fetched in a container, while issuer and advertised URLs stay those of SCALEKIT_ENVIRONMENT_URL. */
  readonly SCALEKIT_INTERNAL_URL: string | undefined;
  /** Of every kind, for each user, or address where there is no token; 0 for no limit. */
  readonly REQUESTS_PER_MINUTE: number;
  /** For each user; 0 for no limit. */
  readonly TOOL_CALLS_PER_MINUTE: number;
  /** For each address; 0 for no limit. */
  readonly REFUSED_TOKENS_PER_MINUTE: number;
  readonly MAX_BODY_BYTES: number;
  readonly MAX_HEADER_BYTES: number;
  /** How long an idle connection is kept: longer than the proxy in front keeps it. */
  readonly KEEP_ALIVE_SECONDS: number;
  /** How long it keeps serving after SIGTERM. */
  readonly DRAIN_SECONDS: number;
  /** Signs what clients carry while a call waits for a person's answer; default: a random one. */
  readonly STATE_SECRET: string | undefined;
  /** Default: text in a terminal, json elsewhere. */
  readonly LOG_FORMAT: LogFormat | undefined;
  readonly LOG_LEVEL: Level;
  /** Shared by replicas: the deny list, and the counts of the limits (without it a Postgres in DATABASE_URL has these). */
  readonly REDIS_URL: string | undefined;
  /** The deny list as a file: one id (`jti` or `sub`) and one time per line. */
  readonly DENY_FILE: string | undefined;
  /** What OpenAI's directory asks for at `/.well-known/openai-apps-challenge`. */
  readonly OPENAI_APPS_CHALLENGE: string | undefined;
}

/** How a variable is read: what its text means, its default, and what production requires beyond that. */
interface Rule<T> {
  check(text: string): Checked<T>;
  /** Without this the variable has to be set. */
  readonly otherwise?: { readonly value: T; readonly inProduction?: T };
  /** @returns why a value that is right in development is refused in production. */
  inProduction?(value: T): { readonly reason: string; readonly expected: string } | undefined;
}

/** Every variable, in the order of `.env`. */
export const rules: { readonly [Name in keyof Settings]: Rule<Settings[Name]> } = {
  PORT: { check: checkPort, otherwise: { value: defaultPort } },
  HOST: { check: checkHost, otherwise: { value: undefined } },
  SCALEKIT_ENVIRONMENT_URL: { check: checkEnvironmentUrl, inProduction: refuseLocalScalekit },
  SCALEKIT_CLIENT_ID: { check: checkClientId, otherwise: { value: undefined } },
  SCALEKIT_RESOURCE_ID: { check: checkResourceId },
  MCP_URL: { check: checkMcpUrl, inProduction: refuseHttp },
  ALLOWED_HOSTS: list(checkAllowedHost),
  ALLOWED_ORIGINS: list(checkAllowedOrigin),
  TRUSTED_PROXIES: wholeNumber(0, 10, 0),
  RESOURCE_METADATA_URL: { check: checkResourceMetadataUrl, otherwise: { value: undefined } },
  SCALEKIT_INTERNAL_URL: {
    check: checkInternalUrl,
    otherwise: { value: undefined },
    inProduction: refuseInternalUrl,
  },
  REQUESTS_PER_MINUTE: wholeNumber(0, 1_000_000, 1200),
  TOOL_CALLS_PER_MINUTE: wholeNumber(0, 1_000_000, 600),
  REFUSED_TOKENS_PER_MINUTE: wholeNumber(0, 1_000_000, 1000),
  MAX_BODY_BYTES: wholeNumber(1024, 64 * 1024 * 1024, 65_536),
  MAX_HEADER_BYTES: wholeNumber(4096, 1024 * 1024, 65_536),
  // Amazon's balancers keep connections for up to 4000 s, Google's for 600.
  KEEP_ALIVE_SECONDS: wholeNumber(1, 5000, 65),
  DRAIN_SECONDS: wholeNumber(0, 3600, 0, 5),
  STATE_SECRET: { check: checkStateSecret, otherwise: { value: undefined } },
  LOG_FORMAT: { ...oneOf(logFormats), otherwise: { value: undefined } },
  LOG_LEVEL: { ...oneOf(levels), otherwise: { value: 'info' } },
  REDIS_URL: { check: checkRedisUrl, otherwise: { value: undefined } },
  DENY_FILE: { check: accept, otherwise: { value: undefined } },
  OPENAI_APPS_CHALLENGE: { check: checkChallenge, otherwise: { value: undefined } },
};

function refuseLocalScalekit(environmentUrl: string) {
  if (!isThisMachine(new URL(environmentUrl))) return undefined;
  return {
    reason: 'leads to the local Scalekit, which protects nothing',
    expected: "your Scalekit environment's URL, in production",
  };
}

function refuseInternalUrl() {
  return {
    reason: 'is for the local Scalekit in containers, which protects nothing',
    expected: 'no value, in production',
  };
}

function refuseHttp(mcpUrl: string) {
  if (!mcpUrl.startsWith('http:')) return undefined;
  return { reason: 'is http', expected: 'https, in production' };
}

function wholeNumber(from: number, to: number, value: number, inProduction = value): Rule<number> {
  return {
    otherwise: { value, inProduction },
    check(text) {
      const number = Number(text);
      return /^\d{1,9}$/.test(text) && number >= from && number <= to
        ? accept(number)
        : refuse(
            'whole-number',
            'This is not a number in range',
            text,
            `a whole number from ${from} to ${to}`,
          );
    },
  };
}

function oneOf<const Name extends string>(names: readonly Name[]) {
  const expected = names.join(', ');
  return {
    check(text: string): Checked<Name> {
      const name = names.find((each) => each === text.toLowerCase());
      return name ? accept(name) : refuse('choice', 'This is not one of the values', text, expected);
    },
  };
}

/** Its value is never shown, not even if it is wrong. */
function checkStateSecret(text: string): Checked<string> {
  return text.length >= 32
    ? accept(text)
    : refuse(
        'state-secret',
        'This is too short for a secret',
        '…',
        '32 characters at least, such as `openssl rand -hex 32` writes',
      );
}

/** A name or an address to listen on. Whether this machine has it shows when it listens. */
function checkHost(text: string): Checked<string> {
  const address = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  return /^[\w.:%-]+$/.test(address)
    ? accept(address)
    : refuse(
        'host',
        'This is not an address',
        text,
        'a name or an address of this machine, such as 127.0.0.1',
      );
}

/** A text without white space: whatever else came with it was not meant to be served. */
function checkChallenge(text: string): Checked<string> {
  return /^[!-~]{1,1000}$/.test(text)
    ? accept(text)
    : refuse(
        'challenge',
        'This is not a verification token',
        text,
        "the token alone, as OpenAI's page shows it",
      );
}

/** Entries separated by commas or white space, each by a rule. */
function list(check: (entry: string) => Checked<string>): Rule<readonly string[]> {
  return {
    otherwise: { value: [] },
    check(text) {
      const values: string[] = [];
      for (const entry of text.split(/[\s,]+/).filter(Boolean)) {
        const checked = check(entry);
        // Where one entry is wrong, the whole value is shown.
        if (!checked.ok) return { ok: false, problem: { ...checked.problem, actual: printable(text) } };
        values.push(checked.value);
      }
      return accept(values);
    },
  };
}
