import { accept, type Checked, refuse } from './checked.ts';
import { isPlaceholder } from './variables.ts';

/** What each prefix means, the longest first (docs/scalekit.md#identifiers-and-hosts). */
const prefixes: ReadonlyArray<readonly [RegExp, string]> = [
  [/^res_/, 'a resource id (res_…)'],
  [/^(?:[a-z]+_)?skc_/, "the environment's client id (skc_…)"],
  [/^skcs_|^sks_|^test_/, 'a secret'],
  [/^app_/, 'an application id (app_…)'],
  [/^m2morg_/, 'an organization client id (m2morg_…)'],
  [/^m2m_/, 'the id of a registered client (m2m_…)'],
  [/^conn_/, 'a connection id (conn_…)'],
  [/^env_/, 'an environment id (env_…)'],
  [/^org_/, 'an organization id (org_…)'],
  [/^usr_/, 'a user id (usr_…)'],
  [/^snk_/, 'a key id (snk_…)'],
  [/^perm_/, 'a permission id (perm_…)'],
];

const expectedResourceId = 'res_<digits>, from Dashboard > MCP Servers > your server';
const expectedClientId = 'skc_<digits>, from Dashboard > Settings > API credentials';

/** @returns what kind of Scalekit identifier a text is, in words, or undefined if its prefix is not one of Scalekit's. */
export function kindOfIdentifier(text: string): string | undefined {
  return prefixes.find(([pattern]) => pattern.test(text))?.[1];
}

function checkIdentifier(
  rule: string,
  name: string,
  pattern: RegExp,
  expected: string,
  text: string,
): Checked<string> {
  const input = text.trim();
  if (input === '') return refuse(`${rule}/empty`, `The ${name} is empty`, text, expected);
  if (isPlaceholder(input))
    return refuse(`${rule}/placeholder`, `The ${name} is still a placeholder`, input, expected);
  if (pattern.test(input)) return accept(input);
  const kind = kindOfIdentifier(input);
  // With the right prefix it is a malformed id of the right kind, not another kind.
  return kind !== undefined && kind !== kindOfIdentifier(expected)
    ? refuse(`${rule}/other-kind`, `The ${name} is set to ${kind}`, input, expected)
    : refuse(`${rule}/form`, `This is not a ${name}`, input, expected);
}

/**
 * Checks `SCALEKIT_RESOURCE_ID`, the id of the MCP server in the dashboard. Letters are allowed after the prefix:
 * we have only seen digits, but a wrong guess would lock people out.
 */
export function checkResourceId(text: string): Checked<string> {
  return checkIdentifier('resource-id', 'resource id', /^res_[a-zA-Z0-9]{1,64}$/, expectedResourceId, text);
}

/** Checks `SCALEKIT_CLIENT_ID`, the environment's own client id (not a client that registered itself). */
export function checkClientId(text: string): Checked<string> {
  return checkIdentifier(
    'client-id',
    'client id',
    /^(?:[a-z]+_)?skc_[a-zA-Z0-9]{1,64}$/,
    expectedClientId,
    text,
  );
}
