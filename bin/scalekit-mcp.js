#!/usr/bin/env node
// Plain JavaScript that any Node can parse, so that an old one says what it needs instead of a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `scalekit-mcp needs Node.js 20.19 or later; this is ${process.version}. Get it from https://nodejs.org/`,
  );
  process.exitCode = 1;
} else {
  import('../dist/scalekit-mcp.js');
}
