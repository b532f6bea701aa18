// create's help, rendered when it is built: see src/create/rendered-help.ts.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const replaced = /[\\/]src[\\/]create[\\/]rendered-help\.ts$/;

/** The help as the sources make it. */
async function render() {
  const dir = join(root, 'node_modules/.cache/create-scalekit-mcp', `help-${process.pid}`);
  try {
    const input = { help: 'src/create/help.ts' };
    await build({ cwd: root, input, platform: 'node', output: { dir, format: 'esm' }, logLevel: 'warn' });
    const { createHelp } = await import(pathToFileURL(join(dir, 'help.js')).href);
    return createHelp('create-scalekit-mcp');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A rolldown plugin: puts the help's text into src/create/rendered-help.ts. */
export function packHelp() {
  return {
    name: 'pack-help',
    transform: {
      filter: { id: replaced },
      async handler(code, id) {
        const packed = code.replace('text: undefined,', `text: ${JSON.stringify(await render())},`);
        if (packed === code) throw new Error(`There is no place for the help in ${id}`);
        return { code: packed };
      },
    },
  };
}
