import { afterEach, describe, expect, test } from 'vitest';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { until } from '../../support/waiting.ts';
import { isolationNeeds } from './isolation.ts';
import { conducts, page, pageWith } from './page.ts';
import { claudeCode } from './real/claude-code.ts';
import { codexCli } from './real/codex.ts';
import { realClients } from './real/index.ts';
import { type Conduct, expiry, firstMinute } from './walk.ts';
import { World, type WorldOptions } from './world.ts';

const skipped = lacks('real clients without the internet', [...isolationNeeds, ...pythonNeeds]);

// Long enough for a busy machine.
describe.skipIf(skipped)('real clients, without the internet', { timeout: 1_800_000 }, () => {
  const worlds: World[] = [];
  async function open(options?: WorldOptions): Promise<World> {
    const world = await World.open(options);
    worlds.push(world);
    return world;
  }
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });

  test('the test network has no internet access', async () => {
    const home = await (await open()).home('person');
    const { stdout } = await home.run(process.execPath, [
      '-e',
      'require("node:dns").lookup("claude.ai", (error) => console.log(error.code))',
    ]);
    expect(stdout).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  test.each([claudeCode, codexCli])(
    '$name in the first minute: npm run dev, as installed',
    async (client) => {
      const world = await open({ dev: true });
      const session = await client.open(await world.home('person'), { endpoint: world.endpoint });
      expect(await session.call('create_todo', { title: 'Sign in' })).toMatchObject({ ok: true });
      await session.close();
      expect(world.asked).toHaveLength(1);
      expect(await until('the person is back', () => world.visits[0])).toMatchObject({
        clientId: expect.stringMatching(/^https:/),
        callbackStatus: 200,
      });
    },
  );

  const seen: Conduct[] = [];

  test.each(realClients)('$name $version', async (client) => {
    const conduct = await firstMinute(await open(), client);
    const onTime = await open({ onTime: true });
    seen.push({ ...conduct, expiry: await expiry(onTime, client) });
  });

  test('docs/clients.md matches what was seen', async () => {
    await expect(pageWith(conducts, realClients, seen)).toMatchFileSnapshot(page);
  });
});
