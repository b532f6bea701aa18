// The tools of this server, one file each. A tool that is not in this list does not exist.
import type { Tool } from 'scalekit-mcp-server';
import { todoRead } from './todo-read.ts';
// scalekit-mcp add: imports go above this line

export const tools: readonly Tool[] = [
  todoRead,
  // scalekit-mcp add: tools go above this line
];
