import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { localFile, settleSwitches } from '../../src/emulator/local-file.ts';
import { standards, switches } from '../../src/emulator/switches.ts';
import { UsageError, UserError } from '../../src/terminal/errors.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { claimsOf, connect, refresh } from './walk.ts';

let project: string;
beforeEach(async () => {
  project = await temporaryDirectory();
  await writeFile(join(project, '.env'), 'PORT=3002\n');
});

const kept = async () => JSON.parse(await readFile(join(project, localFile), 'utf8')) as unknown;

/** Each switch as the command line says it, as the file keeps it, and what it decides. */
const examples: ReadonlyArray<readonly [string, unknown, unknown, object]> = [
  ['tokenLifetime', '5', 5, { tokenLifetime: 5 }],
  ['refreshLifetime', '60', 60, { refreshLifetime: 60 }],
  ['registration', false, false, { dynamicClientRegistration: false }],
  ['clientDocuments', 'off', 'off', { clientIdMetadataDocuments: false }],
  ['issuer', 'environment', 'environment', { tokenIssuer: 'environment' }],
  ['scopeClaim', 'array', 'array', { scopeClaim: 'array' }],
  [
    'users',
    'Ada <ada@example.com>, bob@example.com',
    ['Ada <ada@example.com>', 'bob@example.com'],
    {
      users: [
        { id: 'usr_1000000000000003', name: 'Ada', email: 'ada@example.com' },
        { id: 'usr_1000000000000004', name: 'bob@example.com', email: 'bob@example.com' },
      ],
    },
  ],
  ['roles', { viewer: ['todo:read'] }, { viewer: ['todo:read'] }, { roles: { viewer: ['todo:read'] } }],
  ['userPermissions', true, true, { userPermissions: true }],
  [
    'identityProvider',
    'https://idp.example.com',
    'https://idp.example.com',
    { identityProvider: 'https://idp.example.com' },
  ],
  ['rateLimit', 5, 5, { rateLimit: 5 }],
  ['metadataForms', 'appended', 'appended', { metadataForms: 'appended' }],
  ['audience', 'resource', 'resource', { audience: 'resource' }],
  ['machineScopes', 'array', 'array', { machineScopes: 'array' }],
  ['foreignResource', 'ignored', 'ignored', { foreignResource: 'ignored' }],
  ['rotation', false, false, { rotation: false }],
  ['cors', false, false, { cors: false }],
];

describe('switches of the local Scalekit', () => {
  test('each has an example here, and a correct default', () => {
    expect(examples.map(([key]) => key)).toEqual(switches.map(({ key }) => key));
    for (const { check, standard } of switches) expect(check(standard).ok).toBe(true);
  });

  test.each(examples)('%s is saved, and only in a project', async (key, said, file, decides) => {
    const settled = settleSwitches(project, { [key]: said, json: true }, true);
    expect(settled).toEqual({
      decides: { ...standards, ...decides },
      note: expect.stringContaining(`saved in ${localFile}`),
    });
    expect(await kept()).toEqual({ [key]: file });
    expect(settleSwitches(project).decides).toEqual(settled.decides);

    const elsewhere = await temporaryDirectory();
    expect(settleSwitches(elsewhere, { [key]: said }, true)).toEqual({ decides: settled.decides });
    expect(existsSync(join(elsewhere, localFile))).toBe(false);
  });

  test('users of the file can have roles', async () => {
    await writeFile(
      join(project, localFile),
      JSON.stringify({
        users: [{ email: 'ada@example.com', name: 'Ada', roles: ['viewer'] }, 'bob@example.com'],
      }),
    );
    expect(settleSwitches(project).decides.users).toEqual([
      { id: 'usr_1000000000000003', name: 'Ada', email: 'ada@example.com', roles: ['viewer'] },
      { id: 'usr_1000000000000004', name: 'bob@example.com', email: 'bob@example.com' },
    ]);
  });

  test.each([
    { users: [{ name: 'Ada' }] },
    { users: [{ email: 'ada@example.com', role: 'viewer' }] },
    { users: [{ email: 'ada@example.com', roles: 'viewer' }] },
    { roles: { viewer: 'todo:read' } },
    { roles: { viewer: ['todo-read'] } },
    { roles: ['viewer'] },
    { identityProvider: 'http://idp.example.com' },
    { identityProvider: 'idp' },
    { rateLimit: -1 },
    { cors: 'no' },
  ])('the file does not contain %j', async (file) => {
    await writeFile(join(project, localFile), JSON.stringify(file));
    expect(() => settleSwitches(project)).toThrow(UserError);
  });

  test('are removed from the file with the default value, and stored only once', async () => {
    settleSwitches(project, { tokenLifetime: '5', issuer: 'environment' }, true);
    expect(settleSwitches(project, { tokenLifetime: '5' }, true)).not.toHaveProperty('note');
    settleSwitches(project, { tokenLifetime: '3600' }, true);
    expect(await kept()).toEqual({ issuer: 'environment' });
    settleSwitches(project, { issuer: 'resource' }, true);
    expect(existsSync(join(project, localFile))).toBe(false);
  });

  test('are not stored in a run that stores nothing', async () => {
    settleSwitches(project, { tokenLifetime: '5' });
    expect(existsSync(join(project, localFile))).toBe(false);
  });

  test.each([
    [{ tokenLifetime: '0' }, /--token-lifetime: .*0[\s\S]*seconds, from 1/],
    [{ tokenLifetime: '1h' }, /--token-lifetime: .*1h/],
    [{ refreshLifetime: '1.5' }, /--refresh-lifetime/],
    [{ clientDocuments: 'maybe' }, /--client-documents: .*maybe[\s\S]*on, off or bundled/],
    [{ users: 'ada' }, /--users: .*ada/],
    [{ users: '' }, /--users/],
    [{ users: 'a@b,<c@d' }, /--users/],
  ])('%j is refused with an explanation', async (options, message) => {
    expect(() => settleSwitches(project, options, true)).toThrow(UsageError);
    expect(() => settleSwitches(project, options, true)).toThrow(message);
    expect(existsSync(join(project, localFile))).toBe(false);
  });

  test.each([
    [
      '{ "tokenLifetime": "x", "colour": 1 }',
      /tokenLifetime: [\s\S]*colour: There is no such switch[\s\S]*scopeClaim/,
    ],
    ['[]', /is not a JSON object/],
    ['{', /is not a JSON object/],
  ])('a file that says %j is refused, by name', async (text, message) => {
    await writeFile(join(project, localFile), text);
    expect(() => settleSwitches(project)).toThrow(message);
    expect(() => settleSwitches(project)).toThrow(UserError);
    expect(() => settleSwitches(project)).toThrow(localFile);
  });
});

describe('what they decide', () => {
  async function start(options: Parameters<typeof startEmulator>[0]) {
    const emulator = await startEmulator({ autoApprove: true, ...options });
    onTestFinished(() => emulator.close());
    return emulator;
  }

  test('scopes as an array instead of the string', async () => {
    const emulator = await start({ scopeClaim: 'array' });
    const claims = claimsOf(await emulator.mint({ scopes: ['todo:read'] }));
    expect(claims.scopes).toEqual(['todo:read']);
    expect(claims).not.toHaveProperty('scope');
    emulator.configure({ scopeClaim: 'string' });
    expect(claimsOf(await emulator.mint({ scopes: ['todo:read'] }))).toMatchObject({ scope: 'todo:read' });
  });

  test('the users: the first is the default, and tokens name them', async () => {
    const users = [
      { id: 'usr_1', name: 'Ada', email: 'ada@example.com' },
      { id: 'usr_2', name: 'Bob', email: 'bob@example.com' },
    ];
    const emulator = await start({ users });
    expect(emulator.users).toEqual(users);
    expect(claimsOf(await emulator.mint()).sub).toBe('usr_1');
    const { tokens } = await connect(emulator, { login_hint: 'bob@example.com' });
    expect(claimsOf(tokens.access_token).sub).toBe('usr_2');
    await expect(startEmulator({ users: [] })).rejects.toThrow('users');
  });

  test('a refresh token is valid for its lifetime, counted from each use', async () => {
    const emulator = await start({ refreshLifetime: 100, tokenLifetime: 5 });
    const connection = await connect(emulator, { scope: 'todo:read offline_access' });
    const { tokens } = connection;
    expect(tokens.expires_in).toBe(5);
    let refreshToken = tokens.refresh_token;
    const renew = async () => {
      refreshToken = (await refresh(connection, refreshToken)).refresh_token;
    };
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let round = 0; round < 3; round += 1) {
      vi.advanceTimersByTime(90_000);
      await renew();
    }
    vi.advanceTimersByTime(101_000);
    await expect(renew()).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});
