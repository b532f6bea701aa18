import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeAnswers } from '../../src/doctor/live/describe.ts';
import { type Interviewed, interview } from '../../src/doctor/live/interview.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { type Answers, readLikeness } from '../../src/emulator/like.ts';
import { settleSwitches } from '../../src/emulator/local-file.ts';
import { UsageError } from '../../src/terminal/errors.ts';
import { keys, pseudoTerminals, Terminal } from '../program/terminal.ts';
import { consent } from '../support/browser.ts';
import { lacks } from '../support/needs.ts';
import { Program } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// `doctor --live` has nobody to ask but a local Scalekit here: one that is switched as tenants might be.

async function start(options: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Signs in on the page, and allows everything except what is named. */
function person(refuses: readonly RegExp[] = []): Interviewed & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    say: () => {},
    confirm: async (question) => {
      asked.push(question);
      return !refuses.some((pattern) => pattern.test(question));
    },
    visit: ({ url }) => consent(url),
  };
}

async function ask(emulator: Emulator, refuses: readonly RegExp[] = []): Promise<Answers> {
  const { url: environmentUrl, resourceId, mcpUrl, machineClient } = emulator;
  return interview({
    tenant: { environmentUrl, resourceId, mcpUrl },
    machine: machineClient,
    person: person(refuses),
    signal: AbortSignal.timeout(60_000),
  });
}

describe('doctor --live', () => {
  test('asks all open questions, and keeps nothing that identifies the tenant', async () => {
    const emulator = await start({});
    const answers = await ask(emulator);
    expect(answers).toMatchObject({
      metadataForms: { inserted: 200, appended: 200, openIdConfiguration: 404, keysOfResource: 404 },
      metadata: { issuer: 'resource', registration: true, documents: true },
      cors: { metadata: true, token: true, registration: true },
      registration: {
        status: 201,
        members: { client_id: 'string', secrets: 'array', create_time: 'string' },
      },
      registrationError: { status: 400, members: { code: 'number', details: 'array' } },
      foreignResource: 'refused',
      token: {
        issuer: 'resource',
        audience: ['server', 'resource'],
        scopeClaims: ['scope'],
        openIdScopes: ['email', 'offline_access', 'openid', 'profile'],
        lifetime: 3600,
      },
      refresh: { given: true, rotates: true },
      machine: { scopeClaims: ['scope', 'scopes'] },
      revocation: { status: 401, error: 'invalid_client' },
    });
    const text = JSON.stringify(answers);
    for (const secret of [emulator.url, emulator.resourceId, 'example.com', 'todo', 'm2m_', 'usr_', 'eyJ'])
      expect(text).not.toContain(secret);
    expect(describeAnswers(answers)).toHaveLength(26);
  });

  test('skips what the person does not agree to', async () => {
    const emulator = await start({});
    const without = await ask(emulator, [/machine/, /Sign in/]);
    expect(Object.keys(without).sort()).toEqual([
      'cors',
      'foreignResource',
      'metadata',
      'metadataForms',
      'registration',
      'registrationError',
    ]);
    expect(await ask(emulator, [/./])).toEqual({});
  });

  const tenants: ReadonlyArray<readonly [string, EmulatorOptions]> = [
    ['as documented', {}],
    ['strict', { strict: true, machineScopes: 'array' }],
    [
      'odd',
      {
        metadataForms: 'appended',
        tokenIssuer: 'environment',
        scopeClaim: 'array',
        audience: 'resource',
        foreignResource: 'ignored',
        rotation: false,
        cors: false,
        tokenLifetime: 300,
        machineScopes: 'string',
        clientIdMetadataDocuments: false,
      },
    ],
  ];
  test.each(tenants)('a local Scalekit started from the answers behaves the same: %s', async (_, options) => {
    const answers = await ask(await start(options));
    const directory = await temporaryDirectory('live');
    const file = join(directory, 'answers.json');
    await writeFile(file, JSON.stringify({ version: 1, tool: '0', askedOn: '2026-11-28', answers }));
    const { switches, strict = false } = readLikeness(file);
    const { decides } = settleSwitches(directory, switches);
    expect(await ask(await start({ ...decides, strict }))).toEqual(answers);
  });

  test('of a tenant that lets nobody register', async () => {
    const emulator = await start({ dynamicClientRegistration: false });
    const answers = await ask(emulator);
    expect(answers.metadata?.registration).toBe(false);
    expect(answers.registration?.status).toBe(404);
    expect(answers).not.toHaveProperty('token');
  });

  test('without a terminal asks nothing, and says what to do', async () => {
    const emulator = await start({});
    const cwd = await temporaryDirectory('live');
    const lines = Object.entries(emulator.variables).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(cwd, '.env'), lines.join(''));
    const program = new Program(process.execPath, [scalekitProgram, 'doctor', '--live'], { cwd });
    const { code, stderr } = await program.ended();
    expect(code).toBe(2);
    expect(stderr).toContain('this is not a terminal');
    expect(emulator.requestCount('/keys')).toBe(0);
  });
});

describe.skipIf(lacks('doctor --live in a terminal', [pseudoTerminals]))(
  'doctor --live in a terminal',
  () => {
    const patience = 30_000;

    /** @returns the terminal in which it runs, its folder, and the Scalekit that is asked. */
    async function open(columns = 100) {
      const emulator = await start({});
      const cwd = await temporaryDirectory('live');
      const lines = Object.entries(emulator.variables).map(([name, value]) => `${name}=${value}\n`);
      await writeFile(join(cwd, '.env'), lines.join(''));
      const command = `'${process.execPath}' '${scalekitProgram}' doctor --live`;
      const terminal = new Terminal(command, { cwd, columns, env: { BROWSER: 'none' } });
      onTestFinished(() => terminal.close());
      return { terminal, cwd, emulator };
    }

    const questions = [/Read the public/, /Register a client/, /Sign in, in the browser/];

    async function signInPage(terminal: Terminal): Promise<URL> {
      await terminal.see('Waiting for the sign-in', patience);
      return new URL(/^http:\/\/localhost:\d+\/\S+$/m.exec(terminal.copied())?.[0] ?? '');
    }

    test.each([100, 40])(
      'asks step by step, and saves what it has learnt, in %i columns',
      async (columns) => {
        const { terminal, cwd, emulator } = await open(columns);
        for (const question of questions) {
          await terminal.see(new RegExp(question.source.replaceAll(' ', '[\\s│]+')), patience);
          terminal.type(keys.enter);
        }
        const page = await signInPage(terminal);
        await fetch(`${page.searchParams.get('redirect_uri')}?${await consent(page)}`);
        await terminal.see(/Saved in[\s│]+scalekit-answers\.json/, patience);
        expect(await terminal.exit()).toBe(0);
        const { answers } = JSON.parse(await readFile(join(cwd, 'scalekit-answers.json'), 'utf8'));
        expect(answers).toMatchObject({ refresh: { given: true }, registration: { status: 201 } });
        expect(JSON.stringify(answers)).not.toContain(emulator.resourceId);
      },
    );

    const ends = (['ctrlC', 'ctrlD', 'escape'] as const).flatMap((key) =>
      [0, 1, 2, 3].map((step) => [key, step] as const),
    );
    test.each(ends)('%s at step %i: exit code 130, and nothing is saved', async (key, step) => {
      const { terminal, cwd } = await open();
      for (const question of questions.slice(0, step)) {
        await terminal.see(question, patience);
        terminal.type(keys.enter);
      }
      const next = questions[step];
      if (next === undefined) await signInPage(terminal);
      else await terminal.see(next, patience);
      terminal.type(keys[key]);
      expect(await terminal.exit(), terminal.screen()).toBe(130);
      expect(terminal.screen()).toContain('Cancelled. Nothing was saved.');
      expect(await readdir(cwd)).toEqual(['.env']);
    });
  },
);

describe('emulate --like', () => {
  test.each([
    ['{', 'is not JSON'],
    ['[]', 'holds no answers'],
    ['{"version":2,"answers":{}}', 'holds no answers'],
    ['{"version":1,"answers":{"token":1}}', 'holds no answers'],
  ])('%s %s', async (text, reason) => {
    const file = join(await temporaryDirectory('like'), 'answers.json');
    await writeFile(file, text);
    expect(() => readLikeness(file)).toThrow(reason);
    expect(() => readLikeness(file)).toThrow(UsageError);
  });

  test('a missing file', () => {
    expect(() => readLikeness('/nowhere/answers.json')).toThrow('cannot be read: ENOENT');
  });
});
