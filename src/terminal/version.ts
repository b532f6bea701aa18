import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

/** The version of both programs. */
export const version: string = manifest.version;

/**
 * The folder of our package.json. `import.meta` is that of the built file, in `dist/` or `dist/chunks/`, or of this file.
 */
export const packageRoot: string = fileURLToPath(
  new URL(/[\\/]dist[\\/][^\\/]+$/.test(fileURLToPath(import.meta.url)) ? '..' : '../..', import.meta.url),
);
