import { describe, test } from 'vitest';
import { inPython } from './project.ts';

const nothing = Object.assign(() => {}, { for: () => () => {} }) as never;

/** Declares a test of what only a server on Node.js has. */
export const onNode: typeof test = inPython ? nothing : test;

/** Declares tests of what only a server on Node.js has. */
export const describeOnNode: typeof describe = inPython ? nothing : describe;
