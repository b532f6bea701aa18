// Runs the official conformance suite against a server, the local Scalekit and our own client, and writes docs/conformance.md.
import { runTypeScript } from './run-typescript.js';

await runTypeScript('test/security/conformance/main.ts', process.argv.slice(2));
