// An example, to be replaced by what your server is for.
import * as z from 'zod';
import { tool } from '../scopes.ts';

export const aB3 = tool({
  name: 'a_b_3',
  title: 'Example for A:B',
  // A model reads this to decide whether to use the tool.
  description: 'Says who called it. Needs the scope A:B.',
  // The names come from src/scopes.ts. All scopes that are listed here are required.
  scopes: ['A:B'],
  input: z.object({
    message: z.string().max(200).optional().describe('Anything; it comes back'),
  }),
  output: z.object({
    message: z.string(),
    subject: z.string(),
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ message = 'Hello' }, { user }) {
    return { message, subject: user.subject };
  },
});
