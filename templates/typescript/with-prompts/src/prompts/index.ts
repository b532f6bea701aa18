// The prompts of this server, which people choose, one file each. A prompt that is not in this list does not exist.
import type { Prompt } from 'scalekit-mcp-server';
import { examplePrompt } from './example-prompt.ts';
// scalekit-mcp add: imports go above this line

export const prompts: readonly Prompt[] = [
  examplePrompt,
  // scalekit-mcp add: prompts go above this line
];
