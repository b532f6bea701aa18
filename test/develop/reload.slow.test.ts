import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { isTaken } from '../support/ports.ts';
import { until } from '../support/waiting.ts';
import { Fixture, realScalekit } from './fixture.ts';

const ready = /Ready in /;

/** Waits until the server gives this answer. @returns its process id. */
async function answers(
  fixture: Fixture,
  answer: string,
  greeting = 'hello',
  port = fixture.port,
): Promise<string> {
  return until(`${answer} ${greeting}`, async () => {
    const [said, greeted, pid] = await fixture.ask(port);
    return said === answer && greeted === greeting && pid;
  });
}

describe('dev follows what is saved', () => {
  test('a source: the new behaviour is served, by a new process', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    const before = await answers(fixture, 'first');
    await fixture.write('src/answer.ts', `export function answer(): string { return 'second'; }`);
    expect(await answers(fixture, 'second')).not.toBe(before);
    await dev.says(/compile\s+src\/answer\.ts: no errors/);
    await dev.says(/server\s+\S+ restarted in/);
  });

  test('a new file and a new folder', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.write('src/deep/er/word.ts', `export const word = 'deep';`);
    await dev.says(/word\.ts: no errors/);
    await fixture.write(
      'src/answer.ts',
      `export { answer };\nimport { word } from './deep/er/word.js';\nconst answer = () => word;`,
    );
    await answers(fixture, 'deep');
    await fixture.write('src/deep/er/word.ts', `export const word = 'deeper';`);
    await answers(fixture, 'deeper');
  });

  test('an error is shown, the old server keeps answering, and the fixed source is served', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    const before = await answers(fixture, 'first');
    await fixture.write('src/answer.ts', `export function answer(): string { return ; ( }`);
    await dev.says(/src\/answer\.ts\(1,\d+\): error TS1/);
    await dev.says(/1 error; the server keeps running as it was/);
    expect(await answers(fixture, 'first')).toBe(before);
    await fixture.write('src/answer.ts', `export function answer(): string { return 'mended'; }`);
    await answers(fixture, 'mended');
  });

  test('a type error is shown, and the source is served all the same', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.write('src/answer.ts', `export function answer(): string { return 2; }`);
    await answers(fixture, '2');
    await dev.says(/src\/answer\.ts\(1,\d+\): error TS2322/);
    await dev.says(/src\/answer\.ts: 1 error; the server runs all the same/);
    dev.forget();
    await fixture.write('src/answer.ts', `export function answer(): string { return 'right'; }`);
    await answers(fixture, 'right');
    await dev.says(/src\/answer\.ts: no errors/);
  });

  test('data beside the sources is served with them', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.write('src/data.json', '{ "word": "data" }');
    await fixture.write(
      'src/answer.ts',
      `import data from './data.json' with { type: 'json' };\nexport const answer = () => data.word;`,
    );
    await answers(fixture, 'data');
    await fixture.write('src/data.json', '{ "word": "newer" }');
    await answers(fixture, 'newer');
  });

  test('an error in a terminal: with the code in question, in colour', async () => {
    const fixture = await Fixture.make();
    await fixture.write('src/answer.ts', `export const answer = (): string => 2;`);
    const dev = await fixture.dev({ FORCE_COLOR: '1' });
    await dev.says(/1 error; the server runs all the same/);
    expect(dev.output).toMatch(/src\/answer\.ts:1:\d+ - error TS2322[\s\S]*~/);
    expect(dev.stdout).toContain('\u001b[');
  });

  test('a correct file saved together with an error is served once the error is fixed', async () => {
    const fixture = await Fixture.make();
    await fixture.write('src/word.ts', `export const word = 'one';`);
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.write(
      'src/answer.ts',
      `export { word };\nimport { word } from './word.js';\nexport const answer = () => 'new';`,
    );
    await answers(fixture, 'new');
    await Promise.all([
      fixture.write(
        'src/answer.ts',
        `import { word } from './word.js';\nexport const answer = () => 'newer' + word;`,
      ),
      fixture.write('src/word.ts', 'export const word = ;'),
    ]);
    await dev.says(/1 error; the server keeps running/);
    await fixture.write('src/word.ts', `export const word = 'two';`);
    await answers(fixture, 'newertwo');
  });

  test('after somebody has removed dist, all of it comes back with the next change', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await rm(join(fixture.directory, 'dist'), { recursive: true });
    await fixture.write('src/answer.ts', `export const answer = () => 'again';`);
    await answers(fixture, 'again');
  });

  test('a folder that is replaced by another of its name', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await rename(join(fixture.directory, 'src'), join(fixture.directory, 'old'));
    await cp(join(fixture.directory, 'old'), join(fixture.directory, 'src'), { recursive: true });
    await rm(join(fixture.directory, 'old'), { recursive: true });
    await fixture.write('src/answer.ts', `export const answer = () => 'replaced';`);
    await answers(fixture, 'replaced');
    await fixture.write('src/answer.ts', `export const answer = () => 'seen';`);
    await answers(fixture, 'seen');
  });

  test('the second of two quick saves, as by an editor and its formatter, is served', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    for (const gap of [0, 10, 30, 60]) {
      await fixture.write('src/answer.ts', `export const answer = () => 'a${gap}';`);
      await delay(gap);
      await fixture.write('src/answer.ts', `export const answer = () => 'b${gap}';`);
      await answers(fixture, `b${gap}`);
    }
  });

  test('files that the server does not load restart nothing', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    const before = await answers(fixture, 'first');
    await fixture.write('test/answer.test.ts', `import '../src/answer.js';\nexport const changed = true;`);
    await dev.says(/test\/answer\.test\.ts: no errors/);
    // Changes are handled in order, so once this one has had its effect, a restart would have been seen.
    await fixture.write('test/second.test.ts', 'export {};');
    await dev.says(/second\.test\.ts: no errors/);
    expect(await answers(fixture, 'first')).toBe(before);
  });

  test('.env: the server is restarted and reads it anew, also on another port', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.configure({ SCALEKIT_ENVIRONMENT_URL: realScalekit, GREETING: 'hi' });
    await answers(fixture, 'first', 'hi');
    const other = (await Fixture.make()).port;
    await fixture.configure({
      SCALEKIT_ENVIRONMENT_URL: realScalekit,
      PORT: String(other),
      MCP_URL: `http://localhost:${other}/`,
    });
    await answers(fixture, 'first', 'hello', other);
    await dev.says(new RegExp(`http://localhost:${other}/mcp restarted`));
    expect(await isTaken(fixture.port)).toBe(false);
  });

  test('.env that points at a real Scalekit: the local one ends, and starts again with the old .env', async () => {
    const fixture = await Fixture.make('local');
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.configure({ SCALEKIT_ENVIRONMENT_URL: realScalekit });
    await dev.says(/scalekit\s+https:\/\/acme/);
    await until('the local one to end', async () => !(await isTaken(fixture.scalekitPort)));
    await fixture.configure({});
    await until('the local one to come back', fixture.scopesOfScalekit.bind(fixture));
  });

  test('new scopes are known to the local Scalekit at once', async () => {
    const fixture = await Fixture.make('local');
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.write(
      'src/scopes.ts',
      "const defineScopes = (scopes: unknown) => scopes;\nexport const scopes = defineScopes({\n  'note:read': 'Read',\n  'note:write': 'Write',\n});\n",
    );
    await until(
      'both scopes',
      async () => String(await fixture.scopesOfScalekit()) === 'note:read,note:write',
    );
    await dev.says(/restarted in/);
  });

  test('a crash is shown, the old server keeps answering, and the fixed source is served', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    const before = await answers(fixture, 'first');
    await fixture.write(
      'src/answer.ts',
      `throw new Error('the store is gone');\nexport const answer = () => '';`,
    );
    await dev.says(/Error: the store is gone/);
    await dev.says(/server\s+ended with exit code 1; the server keeps running as it was/);
    expect(await answers(fixture, 'first')).toBe(before);
    await fixture.write('src/answer.ts', `export const answer = () => 'back';`);
    await answers(fixture, 'back');
  });
});

/** Code that does not finish loading until there is a file `go`. */
const slow = `
  import { existsSync } from 'node:fs';
  import { setTimeout } from 'node:timers/promises';
  console.error('loads');
  while (!existsSync('go')) await setTimeout(10);
  export const answer = () => 'slow';
`;

describe('a server that takes long to load', () => {
  test('takes over once it has loaded; until then the previous one answers', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    const before = await answers(fixture, 'first');
    await fixture.write('src/answer.ts', slow);
    await dev.says(/loads/);
    expect(await answers(fixture, 'first')).toBe(before);
    await fixture.write('go', '');
    await answers(fixture, 'slow');
    await dev.says(/restarted in/);
    // The check of types ends as well.
    await until('one process', async () => (await fixture.processes()).length === 1);
  });

  test('is replaced by what is saved next', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.write('src/answer.ts', slow);
    await dev.says(/loads/);
    await fixture.write('src/answer.ts', `export const answer = () => 'quick';`);
    await answers(fixture, 'quick');
    await until('one server', async () => (await fixture.processes()).length === 1);
    expect(dev.output).not.toMatch(/ended (?:by|with)/);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('is not left running after %s', async (signal) => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    await fixture.write('src/answer.ts', slow);
    await dev.says(/loads/);
    dev.child.kill(signal);
    await dev.ended();
    await until('no process to be left', async () => (await fixture.processes()).length === 0);
    expect(await isTaken(fixture.port)).toBe(false);
  });
});

describe('a project that does not compile at the start', () => {
  test('is served once it compiles', async () => {
    const fixture = await Fixture.make();
    await fixture.write('src/answer.ts', 'export const answer = () => ;');
    const dev = await fixture.dev();
    await dev.says(/compile\s+\d+ errors?; waiting for a change/);
    expect(await isTaken(fixture.port)).toBe(false);
    await fixture.write('src/answer.ts', `export const answer = () => 'good';`);
    await answers(fixture, 'good');
    await dev.says(ready);
  });
});

describe('the switches of the local Scalekit', () => {
  test('are kept in the project, and followed when the file is saved', async () => {
    const fixture = await Fixture.make('local');
    const dev = await fixture.dev({}, ['--token-lifetime', '7']);
    await dev.says(ready);
    expect(dev.output).toContain('tokenLifetime 7: saved in local-scalekit.json');
    const before = await answers(fixture, 'first');
    const lifetime = async () => (await fixture.machineToken()).expires_in;
    expect(await lifetime()).toBe(7);
    await fixture.write('local-scalekit.json', '{ "tokenLifetime": 9 }');
    await until('the other lifetime', async () => (await lifetime()) === 9);
    await fixture.write('local-scalekit.json', '{ "tokenLifetime": "long" }');
    await dev.says(/local-scalekit\.json: tokenLifetime: .*long/);
    expect(await answers(fixture, 'first'), 'the server is not restarted for it').toBe(before);
  });
});
