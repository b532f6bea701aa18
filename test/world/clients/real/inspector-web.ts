import { appendFile, readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { nodeBinary } from '../../../support/packages.ts';
import type { Program } from '../../../support/program.ts';
import { openBrowser } from '../browser.ts';
import type { CallOutcome, RealClient, Session } from '../client.ts';
import type { Visit } from '../requests.ts';
import type { Home, Wishes } from '../world.ts';
import { inspectorNode, inspectorProgram, inspectorVersion } from './inspector-cli.ts';

/** Time for pages of a program that has just started, on a busy machine. */
const patience = 120_000;

/** The address of the Inspector's own page, which it prints when it is up. */
async function startInspector(home: Home, endpoint: string): Promise<{ program: Program; url: string }> {
  Object.assign(home.env, { MCP_AUTO_OPEN_ENABLED: 'false', MCP_INSPECTOR_SECRET_STORE: 'file' });
  const args = ['--web', '--transport', 'http', '--server-url', endpoint];
  const program = home.start(await nodeBinary(inspectorNode), [await inspectorProgram(), ...args]);
  const [, url = ''] = await program.says(/up and running at:\s+(http:\S+)/, patience);
  return { program, url };
}

/** The Inspector's page in a browser, used by its visible labels as a person would. */
export class InspectorPage implements Session {
  readonly page: Page;
  readonly #home: Home;
  readonly #browser: Browser;
  readonly #program: Program;
  /** The last authorization request of this page. */
  #asked = new URLSearchParams();

  private constructor(home: Home, browser: Browser, program: Program, page: Page) {
    this.#home = home;
    this.#browser = browser;
    this.#program = program;
    this.page = page;
    page.setDefaultTimeout(patience);
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.endsWith('/oauth/authorize')) this.#asked = searchParams;
    });
  }

  static async open(home: Home, endpoint: string): Promise<InspectorPage> {
    const { program, url } = await startInspector(home, endpoint);
    const browser = await openBrowser(home);
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const opened = new InspectorPage(home, browser, program, page);
    await page.goto(url);
    return opened;
  }

  /** Switches the connection on. The consent page comes next. */
  async connect(): Promise<void> {
    await this.page.getByRole('switch', { name: /^Connect or disconnect/ }).press('Space');
  }

  /** Answers the consent page as the person wishes, and waits for the Inspector to be back. */
  async consent(): Promise<void> {
    const { page } = this;
    await this.allow.waitFor();
    const wishes: Wishes = JSON.parse(await readFile(this.#home.env.PERSON_FILE ?? '', 'utf8'));
    const { grants, decision = 'Allow' } = wishes;
    for (const box of await page.getByRole('checkbox').all())
      if (grants && !grants.includes((await box.getAttribute('value')) ?? '')) await box.uncheck();
    const answered = page.waitForResponse((response) => response.url().includes('/oauth/callback'));
    await page.getByRole('button', { name: decision }).click();
    const visit: Visit = {
      clientId: this.#asked.get('client_id'),
      scope: this.#asked.get('scope'),
      status: 200,
      callbackStatus: (await answered).status(),
    };
    await this.isConnected.or(this.signInButton).first().waitFor();
    await appendFile(`${this.#home.env.PERSON_FILE}.visits`, `${JSON.stringify(visit)}\n`);
  }

  /** Opens the list of tools. */
  async showTools(): Promise<void> {
    const { page } = this;
    const isOpen = page.getByPlaceholder('Search tools...');
    const tab = page.getByText('Tools', { exact: true });
    await isOpen.or(tab).first().waitFor();
    if (!(await isOpen.isVisible())) await tab.click();
    await isOpen.waitFor();
  }

  tool(name: string) {
    return this.page.getByRole('button').filter({ hasText: new RegExp(`${name}$`) });
  }

  async tools(): Promise<readonly string[]> {
    await this.showTools();
    await this.tool('create_todo').waitFor();
    const labels = await this.page.getByRole('button').allInnerTexts();
    return labels.flatMap((label) => /\b[a-z]+_todos?$/.exec(label) ?? []);
  }

  /** Fills in the form of a tool, and presses its button. */
  async execute(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { page } = this;
    await this.showTools();
    // Selects another tool first, so that no result of an earlier call is on the page.
    await this.tool('delete_todo').click();
    await this.tool(name).click();
    for (const [field, value] of Object.entries(args))
      await page.getByLabel(field).first().fill(String(value));
    await page.getByRole('button', { name: 'Execute Tool' }).click();
  }

  get result() {
    return this.page.getByText('Results', { exact: true });
  }

  get stepUp() {
    return this.page.getByRole('button', { name: 'Authorize', exact: true });
  }

  /** On the consent page. */
  get allow() {
    return this.page.getByRole('button', { name: 'Allow', exact: true });
  }

  /** The button is there while it is connected. */
  get isConnected() {
    return this.page.getByRole('button', { name: 'Disconnect from server' });
  }

  get signInButton() {
    return this.page.getByRole('button', { name: 'Re-authenticate' });
  }

  async call(name: string, args?: Readonly<Record<string, unknown>>): Promise<CallOutcome> {
    const { page, result, stepUp, signInButton, allow } = this;
    await this.execute(name, args);
    await result.or(stepUp).or(signInButton).or(allow).first().waitFor();
    if (await stepUp.isVisible()) await stepUp.click();
    const isSignIn = !(await result.or(signInButton).first().isVisible());
    if (isSignIn) await this.consent();
    const text = await page.locator('body').innerText();
    return { ok: await result.isVisible(), text };
  }

  async signInAgain(): Promise<void> {
    const { signInButton, isConnected, allow } = this;
    if (await signInButton.isVisible()) await signInButton.click();
    else {
      await isConnected.click();
      await this.connect();
    }
    await allow.or(isConnected).first().waitFor();
    if (await allow.isVisible()) await this.consent();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#program.kill();
  }
}

/** The Inspector's page, used in a browser. */
export const inspectorWeb: RealClient = {
  name: 'MCP Inspector, web',
  version: inspectorVersion,
  async open(home, { endpoint }) {
    const session = await InspectorPage.open(home, endpoint);
    await session.connect();
    await session.consent();
    return session;
  },
};
