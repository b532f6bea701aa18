import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

/** The version of both programs. */
export const version: string = manifest.version;

/**
 * The folder of our package.json, where we run from: `import.meta` is the built file's, in `dist/` or `dist/chunks/`, or
 * this file's.
 */
export const packageRoot: string = fileURLToPath(
  new URL(/[\\/]dist[\\/][^\\/]+$/.test(fileURLToPath(import.meta.url)) ? '..' : '../..', import.meta.url),
);
