// Runs a TypeScript program of this repository on any supported Node: bundles our own code, and leaves packages where they are.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { inlineTemplates } from './templates.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A module finds files beside it by its own URL, which bundling would change. */
const keepAddresses = {
  name: 'keep-addresses',
  transform: (code, id) =>
    code.includes('import.meta.url')
      ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      : undefined,
};

/**
 * @param entry path from the repository's root; the module exports `main(args)`, which returns the exit code.
 * @param args as the person typed them.
 */
export async function runTypeScript(entry, args) {
  const directory = join(root, 'node_modules', '.cache', 'scripts');
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${entry.replaceAll(/[^\w]+/g, '-')}-${process.pid}.mjs`);
  try {
    await build({
      cwd: root,
      input: entry,
      platform: 'node',
      external: (id) => !/^[./]|^[A-Za-z]:|^\0/.test(id),
      plugins: [inlineTemplates(), keepAddresses],
      output: { file, format: 'esm', codeSplitting: false },
      logLevel: 'warn',
    });
    const { main } = await import(pathToFileURL(file).href);
    process.exitCode = await main(args);
  } finally {
    rmSync(file, { force: true });
  }
}
