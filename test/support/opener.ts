import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { until } from './waiting.ts';

/** Takes the place of the system's browser launcher: its `xdg-open` keeps the address that it is given. */
export class Opener {
  readonly #opened: string;
  /** For the program that is to open a page. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(directory: string) {
    this.#opened = join(directory, 'opened');
    this.env = { BROWSER: 'yes', PATH: `${directory}:${process.env.PATH}` };
  }

  /** @param directory where `xdg-open` is put. */
  static async in(directory: string): Promise<Opener> {
    const opener = new Opener(directory);
    const opened = join(directory, 'opened');
    await mkdir(directory, { recursive: true });
    const script = `#!/bin/sh\nprintf %s "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`;
    await writeFile(join(directory, 'xdg-open'), script);
    await chmod(join(directory, 'xdg-open'), 0o755);
    return opener;
  }

  /**
   * Waits until a sign-in page is opened, presses Allow there, and sees the page that says that it worked.
   * @param before what to do on the page first.
   */
  async allow(browser: Browser, patience?: number, before?: (page: Page) => Promise<void>): Promise<void> {
    const address = await until('the sign-in page', () => readFile(this.#opened, 'utf8'), patience);
    await rm(this.#opened);
    const page = await browser.newPage();
    await page.goto(address);
    await before?.(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    await page.close();
  }
}
