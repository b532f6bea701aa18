// A starting point: say what people ask for and what they fill in, and make `run` write it.
import * as z from 'zod';
import { prompt } from '../scopes.ts';

export const examplePrompt = prompt({
  name: 'example_prompt',
  title: 'Example prompt',
  // People read this when they choose a prompt.
  description: 'Asks for a greeting.',
  // The names come from src/scopes.ts. All scopes that are listed here are required.
  scopes: ['todo:read'],
  // Arguments arrive as text: use z.string(), z.enum() or z.coerce.number().
  arguments: z.object({
    style: z.string().max(200).describe('How to greet'),
  }),
  // Returns what the model is asked: text, other content, or messages with roles.
  async run({ style }, { user }) {
    return `Greet ${user.subject} in this style: ${style}`;
  },
});
