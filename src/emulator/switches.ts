import { accept, type Checked, isLoopback, isUrl, refuse } from '../scalekit/index.ts';
import type { Emulator } from './contract.ts';
import { checkRoles, checkUsers, shown } from './people.ts';

/**
 * The switches of the local Scalekit, which a project keeps in `local-scalekit.json`, and which `dev` and `emulate` take as
 * flags. Each row says everything about one switch.
 */

/** The options that the switches set: those that can change while it runs, except for four that no project saves. */
export type Switches = Omit<
  Parameters<Emulator['configure']>[0],
  'autoApprove' | 'scopes' | 'scopesArray' | 'strict'
>;

export interface Switch {
  /** Its name in `local-scalekit.json`, and among commander's options. */
  readonly key: string;
  /** Empty for a switch that is rarely needed and can only be set in the file. */
  readonly flags: ReadonlyArray<readonly [flags: string, summary: string]>;
  /** The default, which is not written to the file. */
  readonly standard: unknown;
  /**
   * @param value text from the command line, or a value from the file.
   * @returns the value for the file, and the options that it sets.
   */
  check(value: unknown): Checked<{ readonly kept: unknown; readonly decides: Switches }>;
}

function wholeNumber(
  key: 'tokenLifetime' | 'refreshLifetime' | 'rateLimit',
  what: string,
  unit: string,
  [least, most]: readonly [number, number],
): Switch['check'] {
  return (value) => {
    const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value.trim()));
    const number = Number(value);
    if (isNumber && Number.isSafeInteger(number) && number >= least && number <= most)
      return accept({ kept: number, decides: { [key]: number } });
    return refuse(key, what, shown(value), `${unit}, from ${least} to ${most}`);
  };
}

function lifetime(key: 'tokenLifetime' | 'refreshLifetime', of: string, most: number): Switch['check'] {
  return wholeNumber(key, `This is not a lifetime for ${of}`, 'seconds', [1, most]);
}

function oneOf(key: string, what: string, values: ReadonlyMap<unknown, Switches>): Switch['check'] {
  return (value) => {
    const decides = values.get(value);
    if (decides !== undefined) return accept({ kept: value, decides });
    const words = [...values.keys()].map(String);
    return refuse(key, what, shown(value), `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
  };
}

export const switches: readonly Switch[] = [
  {
    key: 'tokenLifetime',
    flags: [['--token-lifetime <seconds>', 'the lifetime of access tokens (default 3600)']],
    standard: 3600,
    check: lifetime('tokenLifetime', 'an access token', 86_400),
  },
  {
    key: 'refreshLifetime',
    flags: [['--refresh-lifetime <seconds>', 'the lifetime of refresh tokens (default 2592000, 30 days)']],
    standard: 2_592_000,
    check: lifetime('refreshLifetime', 'a refresh token', 31_536_000),
  },
  {
    key: 'registration',
    flags: [
      ['--registration', 'let clients register themselves (default)'],
      ['--no-registration', 'do not let clients register themselves'],
    ],
    standard: true,
    check: oneOf(
      'registration',
      'This is neither on nor off',
      new Map([
        [true, { dynamicClientRegistration: true }],
        [false, { dynamicClientRegistration: false }],
      ]),
    ),
  },
  {
    key: 'clientDocuments',
    flags: [
      [
        '--client-documents <on|off|bundled>',
        'client id metadata documents: "on" fetches them, "off" makes clients register, "bundled" works offline (default)',
      ],
    ],
    standard: 'bundled',
    check: oneOf(
      'client-documents',
      'This is not a setting for client id metadata documents',
      new Map<string, Switches>([
        ['on', { clientIdMetadataDocuments: true }],
        ['off', { clientIdMetadataDocuments: false }],
        ['bundled', { clientIdMetadataDocuments: 'bundled' }],
      ]),
    ),
  },
  {
    key: 'issuer',
    flags: [
      ['--issuer <environment|resource>', "which of Scalekit's two issuers tokens have (default resource)"],
    ],
    standard: 'resource',
    check: oneOf(
      'issuer',
      'This is neither of the two issuers',
      new Map<string, Switches>([
        ['environment', { tokenIssuer: 'environment' }],
        ['resource', { tokenIssuer: 'resource' }],
      ]),
    ),
  },
  {
    key: 'scopeClaim',
    flags: [
      [
        '--scope-claim <string|array>',
        'list scopes in tokens as the scope string (default), or as a scopes array',
      ],
    ],
    standard: 'string',
    check: oneOf(
      'scope-claim',
      'This is not a form of the claim',
      new Map<string, Switches>([
        ['string', { scopeClaim: 'string' }],
        ['array', { scopeClaim: 'array' }],
      ]),
    ),
  },
  {
    key: 'users',
    flags: [
      ['--users <list>', 'who can sign in: email addresses, or "Ada <ada@example.com>", separated by commas'],
    ],
    standard: ['First user <first.user@example.com>', 'Second user <second.user@example.com>'],
    check: checkUsers,
  },
  { key: 'roles', flags: [], standard: {}, check: checkRoles },
  choice('userPermissions', 'This is neither on nor off', [false, true]),
  { key: 'identityProvider', flags: [], standard: 'off', check: checkIdentityProvider },
  {
    key: 'rateLimit',
    flags: [],
    standard: 0,
    check: wholeNumber('rateLimit', 'This is not a rate limit', 'requests a minute', [0, 100_000]),
  },
  choice('metadataForms', 'This is not an address of the metadata', ['both', 'inserted', 'appended']),
  choice('audience', 'This is not an audience', ['both', 'resource']),
  choice('machineScopes', 'This is not a form of the claim', ['both', 'string', 'array']),
  choice('foreignResource', "This is not a way to treat another server's resource", ['refused', 'ignored']),
  choice('rotation', 'This is neither on nor off', [true, false]),
  choice('cors', 'This is neither on nor off', [true, false]),
];

/** A row of `switches` without flags. @param words the allowed values; the first is the default. */
function choice(key: keyof Switches, what: string, words: readonly unknown[]): Switch {
  return {
    key,
    flags: [],
    standard: words[0],
    check: oneOf(key, what, new Map(words.map((word) => [word, { [key]: word }]))),
  };
}

function checkIdentityProvider(value: unknown): ReturnType<Switch['check']> {
  const url = typeof value === 'string' && isUrl(value) ? new URL(value) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (value === 'off' || (isSafe && url?.search === '' && url.hash === ''))
    return accept({ kept: value, decides: { identityProvider: String(value) } });
  const expected = 'the https URL of its issuer (or http on this machine), or off';
  return refuse('identity-provider', 'This is not an identity provider', shown(value), expected);
}

/** The switches as `dev` and `emulate` list them. */
export const switchOptions = switches.flatMap(({ flags }) => flags);

/** The options that all switches set by default. */
export const standards: Switches = Object.assign(
  {},
  ...switches.map(({ standard, check }) => {
    const checked = check(standard);
    return checked.ok ? checked.value.decides : {};
  }),
);

/** @returns the line that says that a client is trusted although its document cannot be reached. */
export function trustNotice(clientId: string, reason: string): string {
  return `${clientId} cannot be reached (${reason}): the local Scalekit trusts the client, Scalekit would not`;
}
