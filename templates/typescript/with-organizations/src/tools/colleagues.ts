// An example of data that belongs to an organization: its members share it, and nobody else sees it.
import { ToolError } from 'scalekit-mcp-server';
import * as z from 'zod';
import { tool } from '../scopes.ts';

// In memory, so it is gone when the server ends. In a database, make the organization part of every key and every query.
const callers = new Map<string, Set<string>>();

export const colleagues = tool({
  name: 'colleagues',
  title: 'Example for organizations',
  // A model reads this to decide whether to use the tool.
  description: "Says who of the caller's organization has called it.",
  scopes: ['todo:read'],
  input: z.object({}),
  output: z.object({
    organization: z.string(),
    callers: z.array(z.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async run(_args, { user }) {
    // From the token (`oid`), never from an argument: otherwise anybody could read another organization's data.
    const { organization } = user;
    if (organization === undefined)
      throw new ToolError('The token names no organization. Sign in as a member of one.');
    const ours = callers.get(organization) ?? new Set<string>();
    callers.set(organization, ours.add(user.subject));
    return { organization, callers: [...ours] };
  },
});
