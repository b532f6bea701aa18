// Kills, restarts and replaces every part of a deployed server, under load, and writes docs/reliability.md.
import { runTypeScript } from './run-typescript.js';

await runTypeScript('test/world/reliability/main.ts', process.argv.slice(2));
