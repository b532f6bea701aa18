// The tools of this server. One file a tool; a tool that is not in this list does not exist.
// The next one: copy a file beside this one, name its scopes, import it here, and add it to the list.
import type { Tool } from 'scalekit-mcp-server';
import { deleteTool } from './delete-tool.ts';
import { tool2faRead } from './tool-2fa-read.ts';
import { aB } from './a-b.ts';
import { aB2 } from './a-b-2.ts';
import { aB3 } from './a-b-3.ts';
import { exampleTool } from './example-tool.ts';
import { proto } from './proto.ts';
import { xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx } from './xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.ts';
// scalekit-mcp add: imports go above this line

export const tools: readonly Tool[] = [
  deleteTool,
  tool2faRead,
  aB,
  aB2,
  aB3,
  exampleTool,
  proto,
  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,
  // scalekit-mcp add: tools go above this line
];
