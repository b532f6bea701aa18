// The environment: every variable that the server reads, checked before anything starts.
import { loadEnvFile } from 'node:process';
import * as z from 'zod';
import { isLoopback } from './origin.ts';

export type Environment = z.output<ReturnType<typeof variables>>;

/**
 * Reads `.env` and the process environment, which wins where both say something.
 * Where something is wrong, the process ends and says all that is.
 */
export function loadEnvironment(): Environment {
  try {
    loadEnvFile();
  } catch {
    // No .env: everything comes from the process environment, as it does in a container.
  }
  const { env, problems } = readEnvironment(process.env);
  if (env) return env;
  const lines = problems.map((problem) => `  ${problem}\n`).join('');
  process.stderr.write(`The server can not start:\n${lines}Set them in .env, which .env.example explains.\n`);
  // At once, and not by an error: the lines above are all that a person needs to see, and no stack helps them.
  process.exit(1);
}

/** @returns the variables' values, or what is wrong with them, a sentence each. */
export function readEnvironment(
  from: Readonly<Record<string, string | undefined>>,
): { env: Environment; problems?: never } | { env?: never; problems: string[] } {
  // `NAME=` in a file means that nobody has filled it in.
  const filled = Object.entries(from).flatMap(([name, value]) =>
    value?.trim() ? [[name, value.trim()]] : [],
  );
  const result = variables(from.NODE_ENV === 'production').safeParse(Object.fromEntries(filled));
  if (result.success) return { env: result.data };
  return { problems: result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) };
}

/** Your own variables can join these: their type is then known wherever `env` is. */
function variables(production: boolean) {
  return z.object({
    /** Where this process listens. */
    PORT: wholeNumber(1, 65_535, 3002),
    /** Default: this machine only where MCP_URL leads to it, all interfaces elsewhere. */
    HOST: z.string().optional(),
    SCALEKIT_ENVIRONMENT_URL: z.string(missing).transform(environmentUrl(production)),
    SCALEKIT_CLIENT_ID: clientId(production),
    SCALEKIT_RESOURCE_ID: z
      .string(missing)
      .regex(/^res_[a-zA-Z0-9]{1,64}$/, 'has to be res_…, from Dashboard > MCP Servers > your server'),
    /** The public base URL of this server. */
    MCP_URL: z.string(missing).transform(mcpUrl(production)),
    /** Host names, whatever the port, and origins that are allowed beside those of MCP_URL, separated by commas. */
    ALLOWED_HOSTS: list((name) => name.toLowerCase().replace(/:\d+$/, '')),
    ALLOWED_ORIGINS: list((origin) => (URL.canParse(origin) ? new URL(origin).origin : origin)),
    /** How many proxies of yours are in front and add to X-Forwarded-For. */
    TRUSTED_PROXIES: wholeNumber(0, 10, 0),
    /** 0 for no limit. */
    TOOL_CALLS_PER_MINUTE: wholeNumber(0, 1_000_000, 600),
    REFUSED_TOKENS_PER_MINUTE: wholeNumber(0, 1_000_000, 1000),
  });
}

const missing = { error: 'is missing' };

/** Tokens are verified without it, and the dashboard's "Metadata JSON" does not hold it: development can wait for it. */
function clientId(production: boolean) {
  const id = z
    .string(missing)
    .regex(
      /^(?:[a-z]+_)?skc_[a-zA-Z0-9]{1,64}$/,
      'has to be skc_…, from Dashboard > Settings > API credentials',
    );
  return production ? id : id.default('');
}

function wholeNumber(from: number, to: number, otherwise: number) {
  const error = `has to be a whole number from ${from} to ${to}`;
  return z.coerce.number({ error }).int({ error }).min(from, { error }).max(to, { error }).default(otherwise);
}

function list(normalise: (entry: string) => string) {
  return z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(/[\s,]+/)
        .filter((entry) => entry !== '')
        .map(normalise),
    );
}

type Issues = { addIssue(message: string): void };

/** An origin: https, or http on this machine, where the local Scalekit is. */
function environmentUrl(production: boolean) {
  return (text: string, issues: Issues): string => {
    const url = httpUrl(text, issues);
    if (!url) return z.NEVER;
    if (url.pathname !== '/') issues.addIssue(`has the path ${url.pathname}: it has to end after the host`);
    if (production && isLoopback(url)) {
      issues.addIssue('leads to the local Scalekit, which protects nothing: not with NODE_ENV=production');
    }
    return url.origin;
  };
}

/** The base URL with its trailing slash. A missing slash and a trailing `/mcp` are put right. */
function mcpUrl(production: boolean) {
  return (text: string, issues: Issues): string => {
    const url = httpUrl(text, issues);
    if (!url) return z.NEVER;
    if (production && url.protocol === 'http:') issues.addIssue('has to be https with NODE_ENV=production');
    url.pathname = url.pathname.replace(/(?:\/mcp)?\/*$/, '/');
    if (url.pathname.includes('//')) issues.addIssue('has an empty part in its path');
    return url.href;
  };
}

function httpUrl(text: string, issues: Issues): URL | undefined {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) issues.addIssue('has to be a URL that begins with https://');
  else if (url.username || url.password) issues.addIssue('holds a user name or password');
  else if (/[?#]/.test(text)) issues.addIssue('has a query or a fragment');
  else if (url.protocol === 'http:' && !isLoopback(url))
    issues.addIssue(`is http, but ${url.host} is not this machine`);
  else return url;
  return undefined;
}
