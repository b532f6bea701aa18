import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../support/chromium.ts';
import type { Home } from './world.ts';

/** A person's real browser, cut off from the internet like the rest of their machine. */
export async function openBrowser(home: Home): Promise<Browser> {
  const [command, args] = home.inside(chromiumPath ?? '', []);
  const starter = join(home.directory, 'chromium');
  const quoted = [command, ...args].map((part) => `'${part}'`).join(' ');
  await writeFile(starter, `#!/bin/sh\nexec ${quoted} "$@"\n`);
  await chmod(starter, 0o755);
  return chromium.launch({ executablePath: starter, args: [...chromiumArguments], timeout: 120_000 });
}
