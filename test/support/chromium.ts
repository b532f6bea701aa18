import { existsSync } from 'node:fs';
import type { Need } from './needs.ts';

/** A real browser. Set CHROMIUM_PATH if Chromium or Chrome is not in one of these places; undefined if there is none. */
export const chromiumPath: string | undefined = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
].find((path) => path !== undefined && existsSync(path));

export const chromium: Need = {
  what: 'Chromium',
  present: chromiumPath !== undefined,
  install: 'apt-get install chromium, or set CHROMIUM_PATH',
};

/** How it is started: without a screen, and without asking the network for anything of its own. */
export const chromiumArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;
