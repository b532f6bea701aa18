import * as z from 'zod';
import { tool } from '../scopes.ts';
import { Todo } from '../todo-store.ts';

const defaultLimit = 100;
const Cursor = z.string().regex(/^\d{1,15}$/, 'This is not the next_cursor of a page.');

export const listTodos = tool({
  name: 'list_todos',
  title: 'List todos',
  description: "Lists the user's todos, oldest first. If there are more, the answer has next_cursor.",
  scopes: ['todo:read'],
  input: z.object({
    completed: z.boolean().nullish().describe('true: only completed todos; false: only open ones'),
    limit: z.number().int().min(1).max(1000).nullish().describe(`How many at most; default ${defaultLimit}`),
    cursor: Cursor.nullish().describe('next_cursor of the previous page'),
  }),
  output: z.object({
    todos: z.array(Todo),
    next_cursor: z.string().optional().describe('Where the next page begins'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  async run({ completed, limit, cursor }, { user, services: { todos } }) {
    const size = limit ?? defaultLimit;
    // One more than the page holds shows whether there is a next page.
    const found = await todos.list(user.id, { completed, after: Number(cursor ?? 0), limit: size + 1 });
    const page = found.slice(0, size);
    const next = found.length > size && { next_cursor: String(page.at(-1)?.place) };
    return { todos: page.map(({ todo }) => todo), ...next };
  },
});
