// An example. Replace it with what your server is for.
import * as z from 'zod';
import { tool } from '../scopes.ts';

export const todoWrite = tool({
  name: 'todo_write',
  title: 'Example for todo:write',
  // A model reads this to decide whether to use the tool.
  description: 'Says who called it. Needs the scope todo:write.',
  // The names come from src/scopes.ts. All scopes that are listed here are required.
  scopes: ['todo:write'],
  input: z.object({
    message: z.string().max(200).optional().describe('Any text; it is returned'),
  }),
  output: z.object({
    message: z.string(),
    subject: z.string(),
  }),
  // Clients show these hints to people before a call: change them with what the tool does.
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  async run({ message = 'Hello' }, { user }) {
    return { message, subject: user.subject };
  },
});
