// Kills, restarts and replaces all that a deployed server consists of, under load, and writes docs/reliability.md.
import { runTypeScript } from './run-typescript.js';

await runTypeScript('test/world/reliability/main.ts', process.argv.slice(2));
