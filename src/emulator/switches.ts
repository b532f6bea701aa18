import { accept, type Checked, printable, refuse } from '../scalekit/index.ts';
import type { EmulatorOptions, EmulatorUser } from './contract.ts';

/**
 * The switches of the local Scalekit: what a project keeps in `local-scalekit.json`, and what `dev` and `emulate` take as
 * flags. A row each says everything about one.
 */

/** What the switches decide, in the words of `startEmulator`. */
export type Switches = Pick<
  EmulatorOptions,
  | 'tokenLifetime'
  | 'refreshLifetime'
  | 'dynamicClientRegistration'
  | 'clientIdMetadataDocuments'
  | 'tokenIssuer'
  | 'scopeClaim'
  | 'users'
>;

export interface Switch {
  /** Its name in `local-scalekit.json`, and in what commander makes of the flag. */
  readonly key: string;
  readonly flags: ReadonlyArray<readonly [flags: string, summary: string]>;
  /** What it is unless somebody says otherwise; not kept in the file. */
  readonly standard: unknown;
  /**
   * @param value text from the command line, or a value from the file.
   * @returns the value as the file keeps it, and what it decides.
   */
  check(value: unknown): Checked<{ readonly kept: unknown; readonly decides: Switches }>;
}

/** What a person reads of a value that was refused. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

function lifetime(key: 'tokenLifetime' | 'refreshLifetime', of: string, most: number): Switch['check'] {
  return (value) => {
    const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value.trim()));
    const seconds = Number(value);
    if (isNumber && Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= most)
      return accept({ kept: seconds, decides: { [key]: seconds } });
    return refuse(key, `This is no lifetime of ${of}`, shown(value), `seconds, from 1 to ${most}`);
  };
}

function oneOf(key: string, what: string, values: ReadonlyMap<unknown, Switches>): Switch['check'] {
  return (value) => {
    const decides = values.get(value);
    if (decides !== undefined) return accept({ kept: value, decides });
    const words = [...values.keys()].map(String);
    return refuse(key, what, shown(value), `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
  };
}

/** `Ada <ada@example.com>`, or the address alone. Ids are counted on from those of the two default users. */
function userOf(text: string, index: number): EmulatorUser | undefined {
  const { name, email, bare } =
    /^(?:(?<name>[^<>]+?)\s*<(?<email>[^\s<>@]+@[^\s<>@]+)>|(?<bare>[^\s<>@]+@[^\s<>@]+))$/.exec(text.trim())
      ?.groups ?? {};
  const address = email ?? bare;
  if (address === undefined) return undefined;
  const id = `usr_${1_000_000_000_000_003 + index}`;
  return { id, name: printable(name ?? address, 80), email: printable(address, 254) };
}

function checkUsers(value: unknown): ReturnType<Switch['check']> {
  const list = typeof value === 'string' ? value.split(',') : value;
  const texts = Array.isArray(list) && list.every((each) => typeof each === 'string') ? list : [];
  const users = texts.map(userOf).filter((user) => user !== undefined);
  if (users.length > 0 && users.length === texts.length && users.length <= 100)
    return accept({ kept: texts.map((text: string) => text.trim()), decides: { users } });
  return refuse(
    'users',
    'These are no users',
    shown(value),
    'addresses, e.g. "Ada <ada@example.com>,bob@example.com"',
  );
}

export const switches: readonly Switch[] = [
  {
    key: 'tokenLifetime',
    flags: [['--token-lifetime <seconds>', 'how long an access token is good (default 3600)']],
    standard: 3600,
    check: lifetime('tokenLifetime', 'an access token', 86_400),
  },
  {
    key: 'refreshLifetime',
    flags: [['--refresh-lifetime <seconds>', 'how long a refresh token is good (default 2592000, 30 days)']],
    standard: 2_592_000,
    check: lifetime('refreshLifetime', 'a refresh token', 31_536_000),
  },
  {
    key: 'registration',
    flags: [
      ['--registration', 'clients can register themselves (default)'],
      ['--no-registration', 'clients cannot register themselves'],
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
        'client id metadata documents: on fetches them, off makes clients register, bundled works offline (default)',
      ],
    ],
    standard: 'bundled',
    check: oneOf(
      'client-documents',
      'This is no way to treat client id metadata documents',
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
      ['--issuer <environment|resource>', "which of Scalekit's two issuers tokens carry (default resource)"],
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
        'tokens list scopes as the scope string (default), or as a scopes array',
      ],
    ],
    standard: 'string',
    check: oneOf(
      'scope-claim',
      'This is no form of the claim',
      new Map<string, Switches>([
        ['string', { scopeClaim: 'string' }],
        ['array', { scopeClaim: 'array' }],
      ]),
    ),
  },
  {
    key: 'users',
    flags: [
      ['--users <list>', 'who can sign in: addresses, or "Ada <ada@example.com>", separated by commas'],
    ],
    standard: ['First user <first.user@example.com>', 'Second user <second.user@example.com>'],
    check: checkUsers,
  },
];

/** The switches as `dev` and `emulate` list them. */
export const switchOptions = switches.flatMap(({ flags }) => flags);

/** What all switches decide where nobody says anything. */
export const standards: Switches = Object.assign(
  {},
  ...switches.map(({ standard, check }) => {
    const checked = check(standard);
    return checked.ok ? checked.value.decides : {};
  }),
);

/** @returns the line that says that a client was taken on trust. */
export function trustNotice(clientId: string, reason: string): string {
  return `${clientId} cannot be reached (${reason}): the client is taken on trust, which Scalekit would not do`;
}
