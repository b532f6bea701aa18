// The resources of this server, which clients read, one file each. A resource that is not in this list does not exist.
import type { Resource } from 'scalekit-mcp-server';
import { exampleNote } from './example-note.ts';
// scalekit-mcp add: imports go above this line

export const resources: readonly Resource[] = [
  exampleNote,
  // scalekit-mcp add: resources go above this line
];
