import { describe, expect, onTestFinished, test } from 'vitest';
import { chromium } from '../../support/chromium.ts';
import { lacks } from '../../support/needs.ts';
import { isolationNeeds } from './isolation.ts';
import { inspect, inspectorCli } from './real/inspector-cli.ts';
import { InspectorPage } from './real/inspector-web.ts';
import { World } from './world.ts';

const skipped = lacks('the MCP Inspector in a browser', [...isolationNeeds, chromium]);

describe.skipIf(lacks('the MCP Inspector on schemas', isolationNeeds))('the MCP Inspector', () => {
  test('accepts the schemas of the blank template’s tools', async () => {
    const world = await World.open({ template: 'blank' });
    onTestFinished(() => world.close());
    const home = await world.home('person');
    const session = await inspectorCli.open(home, { endpoint: world.endpoint });
    expect((await session.tools()).length).toBeGreaterThan(1);
    const { code, stderr } = await inspect(home, [world.endpoint, '--method', 'tools/list', '--strict']);
    expect({ code, complaint: /.*portability.*/i.exec(stderr)?.[0] }).toEqual({ code: 0 });
  });
});

describe.skipIf(skipped)('the MCP Inspector’s page in a browser', () => {
  async function open(): Promise<{ world: World; inspector: InspectorPage }> {
    const world = await World.open();
    onTestFinished(() => world.close());
    const inspector = await InspectorPage.open(await world.home('person'), world.endpoint);
    onTestFinished(() => inspector.close());
    await inspector.connect();
    return { world, inspector };
  }

  test('with todo:read alone listing works; a change asks for more scopes, and then works', async () => {
    const { world, inspector } = await open();
    const { page } = inspector;
    await world.wishes({ grants: ['todo:read'] });
    await inspector.consent();

    expect([...(await inspector.tools())].sort()).toEqual([
      ...['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'],
    ]);
    // The text alternative of the triangle next to each tool whose schema some clients would not understand.
    expect(await page.getByLabel(/Schema portability/).count()).toBe(0);

    await inspector.execute('list_todos');
    await inspector.result.waitFor();
    expect(await page.locator('body').innerText()).toContain('"todos": []');

    await world.wishes({});
    await inspector.execute('create_todo', { title: 'Try the step-up' });
    await inspector.stepUp.waitFor();
    const dialog = await page.getByRole('dialog').innerText();
    expect(dialog).toMatch(/todo:read\s+already granted\s+todo:write\s+new/i);
    await inspector.stepUp.click();
    await inspector.consent();

    await inspector.execute('create_todo', { title: 'Try the step-up' });
    await inspector.result.waitFor();
    expect(await page.locator('body').innerText()).toContain('"title": "Try the step-up"');
  });

  test('resources are listed and read, and a prompt is got', async () => {
    const world = await World.open({ template: 'blank', create: ['--with', 'resources,prompts'] });
    onTestFinished(() => world.close());
    const inspector = await InspectorPage.open(await world.home('person'), world.endpoint);
    onTestFinished(() => inspector.close());
    await inspector.connect();
    await inspector.consent();
    const { page } = inspector;
    const main = page.getByRole('main');

    await page.getByText('Resources', { exact: true }).first().click();
    await main.getByRole('region', { name: 'URIs (1)' }).getByRole('button').click();
    await main
      .getByText(/Read by usr_/)
      .first()
      .waitFor();

    await page.getByText('Prompts', { exact: true }).first().click();
    await main.getByRole('button', { name: /^Example prompt/ }).click();
    await main.getByLabel('style').fill('short');
    await main.getByRole('button', { name: 'Get Prompt' }).click();
    await main
      .getByText(/Greet usr_\S+ in this style: short/)
      .first()
      .waitFor();
  });

  test('Deny: the page says who refused, and a new sign-in is one press away', async () => {
    const { world, inspector } = await open();
    await world.wishes({ decision: 'Deny' });
    await inspector.consent();
    await inspector.signInButton.waitFor();
    const said = await inspector.page.locator('body').innerText();
    expect(said).toContain('access_denied');
    expect(said).toContain('the person denied access');

    await world.wishes({});
    await inspector.signInAgain();
    expect(await inspector.call('create_todo', { title: 'After all' })).toMatchObject({ ok: true });
  });
});
