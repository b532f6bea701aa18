// Attacks a server as test/security does: `npm run attack -- --help`.
import { runTypeScript } from './run-typescript.js';

await runTypeScript('test/security/attack/main.ts', process.argv.slice(2));
