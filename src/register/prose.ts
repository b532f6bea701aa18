import { checkClientId, checkEnvironmentUrl } from '../scalekit/index.ts';

// Scalekit's tools answer in sentences and lists for a language model, failures included
// (docs/scalekit.md#registering-a-server). So labels are recognised wherever they occur, and nothing is assumed beyond
// what an answer says.

/** How an answer was understood: as data, as a failure, or not at all. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'failure' }
  | { readonly kind: 'unreadable' };

export interface ListedEnvironment {
  readonly id: string;
  readonly name: string;
  /** `unknown` if the list does not say; treated like production. */
  readonly type: 'development' | 'production' | 'unknown';
  /** The host, e.g. `acme.scalekit.dev`. */
  readonly domain: string | undefined;
  readonly customDomain: string | undefined;
}

export interface ListedScope {
  readonly name: string;
  readonly description: string;
}

export interface ListedServer {
  readonly id: string;
  readonly name: string;
  /** The URL as registered, which Scalekit calls the resource id in this list. */
  readonly url: string;
  /** False if another provider issues its tokens; undefined if the list does not say. */
  readonly usesScalekit: boolean | undefined;
}

/** One page of a list, and the token of the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export interface Credentials {
  readonly environmentUrl: string | undefined;
  readonly clientId: string | undefined;
}

const failure =
  /^\W*(?:error\b|failed\b|failure\b|invalid\b|unable\b|unauthori[sz]ed\b|forbidden\b|cannot\b|could not\b|you do not have\b|your session\b|rate limit|too many requests|mcp error\b|use `?set)/i;

/** @returns whether an answer reports a failure, which Scalekit does in the first words. */
export function statesFailure(text: string): boolean {
  return failure.test(text);
}

function readOr<T>(text: string, value: T | undefined): Reading<T> {
  if (value !== undefined) return { kind: 'read', value };
  return statesFailure(text) ? { kind: 'failure' } : { kind: 'unreadable' };
}

/** @returns a field's text, or undefined if it is not set, which is written as `N/A`. */
function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' || /^(?:n\/a|undefined|null|-)$/i.test(trimmed)
    ? undefined
    : trimmed;
}

function nextPage(text: string): string | undefined {
  return present(/next page token\W{0,3}\s*([^\s,]+)/i.exec(text)?.[1]);
}

/** The fields of a line such as `ID: a | Name: b`, by label in lower case. A value may contain the separator, but not a label. */
function fieldsOf(line: string, labels: readonly string[], separator: string): ReadonlyMap<string, string> {
  const boundary = new RegExp(`\\s*(?:^|${separator})\\s*(?=(?:${labels.join('|')})\\s*:)`, 'gi');
  const fields = new Map<string, string>();
  for (const part of line.split(boundary)) {
    const colon = part.indexOf(':');
    const label = part.slice(0, Math.max(0, colon)).trim().toLowerCase();
    // The first counts: a repeated label is part of a description.
    if (colon > 0 && !fields.has(label)) fields.set(label, part.slice(colon + 1).trim());
  }
  return fields;
}

const environmentLabels = ['ID', 'Name', 'Type', 'Domain', 'Custom Domain', 'Custom Domain Status'];

function environmentType(text: string | undefined): ListedEnvironment['type'] {
  if (/^(?:dev|development|test|sandbox)/i.test(text ?? '')) return 'development';
  return /^(?:prd|prod)/i.test(text ?? '') ? 'production' : 'unknown';
}

function environmentOf(line: string): ListedEnvironment | undefined {
  const id = /\benv_\w+/.exec(line)?.[0];
  if (id === undefined) return undefined;
  const fields = fieldsOf(line.replace(/^\W+/, ''), environmentLabels, '\\|');
  const inBrackets = /\benv_\w+\s*\(([^)]*)\)/.exec(line)?.[1];
  return {
    id: present(fields.get('id')) ?? id,
    name: present(fields.get('name')) ?? present(inBrackets) ?? id,
    type: environmentType(fields.get('type')),
    domain: present(fields.get('domain')),
    customDomain: present(fields.get('custom domain')),
  };
}

/** Reads a page of `list_environments`. */
export function readEnvironments(text: string): Reading<Page<ListedEnvironment>> {
  const items = text
    .split('\n')
    .map(environmentOf)
    .filter((environment) => environment !== undefined);
  const isAPage = items.length > 0 || /no more pages/i.test(text);
  return readOr(text, isAPage ? { items, next: nextPage(text) } : undefined);
}

/** Reads `get_environment_credentials`, whose values look like lines of an env file, each by its own rule. */
export function readCredentials(text: string): Reading<Credentials> {
  const value = (name: string) => present(new RegExp(`${name}\\s*=\\s*["']?([^\\s"']+)`).exec(text)?.[1]);
  const url = checkEnvironmentUrl(value('SCALEKIT_ENVIRONMENT_URL') ?? '');
  const client = checkClientId(value('SCALEKIT_CLIENT_ID') ?? '');
  const credentials = {
    environmentUrl: url.ok ? url.value : undefined,
    clientId: client.ok ? client.value : undefined,
  };
  const saysSomething = credentials.environmentUrl ?? credentials.clientId;
  return readOr(text, saysSomething === undefined ? undefined : credentials);
}

/** Reads `list_environment_scopes`. It also reports an empty list when it could not fetch the scopes. */
export function readScopes(text: string): Reading<readonly ListedScope[]> {
  const scopes = [
    ...text.matchAll(/^[\W\d]*Name:[ \t]*(\S+)[ \t]*(?:(?:\n|\s*\|\s*)\W*Description:[ \t]*(.*))?$/gim),
  ].map(([, name = '', description]) => ({ name, description: present(description) ?? '' }));
  if (scopes.length > 0) return { kind: 'read', value: scopes };
  return readOr(text, /\bno scopes?\b/i.test(text) ? [] : undefined);
}

const serverLabels = [
  'Name',
  'ID',
  'Resource ID',
  'Description',
  'Access Token Expiry',
  'Using Scalekit Authentication',
  'Provider',
];

function serverOf(entry: string): ListedServer | undefined {
  const fields = fieldsOf(entry.replace(/^#?\d+\s*[,.)]?\s*/, ''), serverLabels, '[,|\\n]');
  const id = /^(?:res|app)_\w+$/.exec(fields.get('id') ?? '')?.[0] ?? /\b(?:res|app)_\w+/.exec(entry)?.[0];
  const listed = present(fields.get('resource id'));
  const url = listed?.includes('://') ? listed : /\bhttps?:\/\/[^\s,|]+/.exec(entry)?.[0];
  if (id === undefined || url === undefined) return undefined;
  const own = fields.get('using scalekit authentication');
  return {
    id,
    name: present(fields.get('name')) ?? id,
    url,
    usesScalekit: own === undefined ? undefined : /^yes/i.test(own),
  };
}

/** Reads a page of `list_mcp_servers`. An entry without an id or a URL makes the page unreadable, since it may be our server. */
export function readServers(text: string): Reading<Page<ListedServer>> {
  const entries = text.split(/^(?=\W*#?\d+\s*[,.)]\s*Name:)/m).filter((entry) => /\bName:/.test(entry));
  if (entries.length === 0) {
    const none = /\bno\b.{0,30}\bservers?\b/i.test(text) ? { items: [], next: undefined } : undefined;
    return readOr(text, none);
  }
  const servers = entries.map(serverOf).filter((server) => server !== undefined);
  const isWhole = servers.length === entries.length;
  return readOr(text, isWhole ? { items: servers, next: nextPage(text) } : undefined);
}

/** Reads the id in the answer to `register_mcp_server`, which is to be confirmed by reading the server back. */
export function readRegistered(text: string): Reading<string> {
  if (statesFailure(text)) return { kind: 'failure' };
  return readOr(text, /\b(?:res|app)_\w+/.exec(text)?.[0]);
}
