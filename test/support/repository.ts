import { fileURLToPath } from 'node:url';

/** This repository's own directory. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The programs as they are installed: built, behind their Node version gate. */
export const createProgram = fileURLToPath(new URL('../../bin/create-scalekit-mcp.js', import.meta.url));
export const scalekitProgram = fileURLToPath(new URL('../../bin/scalekit-mcp.js', import.meta.url));
