import { join } from 'node:path';
import { gatherProject } from '../../doctor/gather/project/project.ts';
import { settingOf } from '../../doctor/settings.ts';
import type { ServerEntry } from '../../project/clients/client.ts';
import { entryName, entryNameRule } from '../../project/clients/entry-name.ts';
import { whyNoServer } from '../../project/layout.ts';
import { readSettings } from '../../project/settings.ts';
import { readScopes } from '../../register/project.ts';
import {
  checkMcpUrl,
  checkScopes,
  isLoopback,
  isUrl,
  printable,
  protectedResourceMetadataUrls,
  serverUrls,
  withOfflineAccess,
  withoutOfflineAccess,
} from '../../scalekit/index.ts';
import type { Context } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';

/** What decides which server is connected, as it was typed. */
export interface TargetFlags {
  readonly url?: string;
  readonly name?: string;
  readonly scopes?: string;
}

export interface Target extends ServerEntry {
  /** Whether the person chose the name. If not, an entry with another name but the same URL is the one that is meant. */
  readonly isNamed: boolean;
  readonly notes: readonly string[];
}

const help = 'scalekit-mcp connect --help';

function checkName(name: string): string {
  if (entryNameRule.test(name)) return name;
  throw new UsageError(
    `--name: clients take no such name: ${printable(name)}\n    expected letters, digits, - and _, 64 at most, such as ${entryName(name)}`,
    { code: 'connect/name', next: help },
  );
}

function refuseUrl(url: string, why: string): never {
  throw new UsageError(
    `--url: ${why}: ${printable(url)}\n    expected the MCP endpoint of a server, such as https://mcp.example.com/mcp`,
    { code: 'connect/url', next: help },
  );
}

function checkUrl(url: string): string {
  const parsed =
    /^https?:\/\//i.test(url) && isUrl(url) ? new URL(url) : refuseUrl(url, 'this is no http(s) URL');
  if (parsed.username !== '' || parsed.password !== '')
    refuseUrl(`${parsed.origin}${parsed.pathname}`, 'a user name or password does not belong into a URL');
  if (url.includes('#')) refuseUrl(url, 'it has a fragment');
  if (parsed.protocol === 'http:' && !isLoopback(parsed))
    refuseUrl(url, 'http sends tokens in the open, to any machine but this one');
  return url;
}

const longestAnswer = 64 * 1024;

/** @returns the scopes that a server's metadata lists (RFC 9728 §2); undefined if it does not say in time. */
async function advertisedScopes(url: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const { metadata, metadataRoot } = protectedResourceMetadataUrls(url);
  for (const each of [metadata, metadataRoot]) {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(3000)]);
      const answer = await fetch(each, { signal: limit, redirect: 'error' });
      const text = answer.ok ? await answer.text() : '';
      if (text === '' || text.length > longestAnswer) continue;
      const { scopes_supported: scopes } = JSON.parse(text) as { scopes_supported?: unknown };
      const named = Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [];
      // RFC 6749 §3.3: printable ASCII without quotes and backslashes.
      if (named.length > 0) return named.filter((scope) => /^[!#-[\]-~]+$/.test(scope));
    } catch {
      signal.throwIfAborted();
    }
  }
  return undefined;
}

function givenScopes(text: string): readonly string[] {
  const names = withoutOfflineAccess(text.split(/[\s,]+/).filter((name) => name !== ''));
  if (names.length === 0) return [];
  const checked = checkScopes(names);
  if (checked.ok) return checked.value;
  const { reason, actual, expected } = checked.problem;
  throw new UsageError(`--scopes: ${reason}: ${actual}\n    expected ${expected}`, {
    code: checked.problem.code,
    next: help,
  });
}

/** What the project in this folder says about how its server is reached. */
async function projectIn({ cwd, env }: Context): Promise<KnownProject | undefined> {
  const facts = await gatherProject(cwd, env);
  if (!facts.known) return undefined;
  const set = checkMcpUrl(settingOf(facts.value, 'MCP_URL')?.value ?? '');
  const url = set.ok ? serverUrls(set.value).endpoint : undefined;
  const listed = await readScopes(cwd, facts.value);
  return { name: entryName(facts.value.name), url, scopes: listed.map(({ name }) => name) };
}

function missingUrl({ cwd, env }: Context): UsageError {
  // What cannot be read says so itself.
  readSettings(join(cwd, '.env'), env);
  const { reason, next } = whyNoServer(cwd);
  return new UsageError(`${reason}, and no --url was given.`, {
    code: 'connect/no-url',
    next:
      next ??
      "run it in your server's folder, or: scalekit-mcp connect <client> --url https://mcp.example.com/mcp",
  });
}

interface KnownProject {
  readonly name: string;
  readonly url: string | undefined;
  readonly scopes: readonly string[];
}

/** For its owner, another address on this machine, or of this project's server, is the same server. */
function defaultName(url: string, project: KnownProject | undefined): string {
  const isOwn = project !== undefined && (url === project.url || isLoopback(new URL(url)));
  return isOwn ? project.name : entryName(new URL(url).hostname);
}

/** @returns undefined if they are not known, and may be asked for. */
function knownScopes(given: string | undefined, url: string, project: KnownProject | undefined) {
  if (given !== undefined) return givenScopes(given);
  return url === project?.url ? project.scopes : undefined;
}

/**
 * Finds out which server is meant: the project's in this folder, or the one of `--url`.
 * @param asks whether its scopes may be asked for over the network.
 * @throws UsageError if there is none, or a flag is wrong.
 */
export async function targetOf(flags: TargetFlags, context: Context, asks: boolean): Promise<Target> {
  const named = flags.name === undefined ? undefined : checkName(flags.name);
  const given = flags.url === undefined ? undefined : checkUrl(flags.url);
  const project = await projectIn(context);
  const url = given ?? project?.url;
  if (url === undefined) throw missingUrl(context);
  const known = knownScopes(flags.scopes, url, project);
  const scopes = known ?? (asks ? await advertisedScopes(url, context.signal) : []);
  const unknown = `Which scopes it has could not be found out at ${url}: --scopes <a,b> pins them.`;
  return {
    name: named ?? defaultName(url, project),
    url,
    scopes: scopes === undefined || scopes.length === 0 ? [] : withOfflineAccess([...new Set(scopes)]),
    isNamed: named !== undefined,
    notes: scopes === undefined ? [unknown] : [],
  };
}
