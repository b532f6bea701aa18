// Makes the pictures of docs/first-day.md from commands that it runs: `npm run pictures`; with --check it only compares.
import { runTypeScript } from './run-typescript.js';

await runTypeScript('test/docs/picture/main.ts', process.argv.slice(2));
