// Lists todos, a page at a time: all, or those that are completed or open.
import * as z from 'zod';
import { tool } from '../scopes.ts';
import { Todo } from '../todo-store.ts';

/** Enough for a model to read at once; it asks for more where it needs more. */
const defaultLimit = 100;

export const listTodos = tool({
  name: 'list_todos',
  title: 'List todos',
  description:
    'Lists the todos of the user, oldest first: all, or only those that are completed or open. Where there are more, the answer has next_cursor.',
  scopes: ['todo:read'],
  input: z.object({
    completed: z
      .boolean()
      .nullish()
      .describe('true for completed todos, false for open ones; all if left out'),
    limit: z.number().int().min(1).max(1000).nullish().describe(`How many at most; default ${defaultLimit}`),
    cursor: z.string().max(100).nullish().describe('next_cursor of the page before'),
  }),
  output: z.object({
    todos: z.array(Todo),
    next_cursor: z.string().optional().describe('Where the next page begins'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  async run({ completed, limit, cursor }, { user, services: { todos } }) {
    const page = await todos.list(user.id, { completed, limit: limit ?? defaultLimit, cursor });
    return { todos: page.todos, ...(page.next && { next_cursor: page.next }) };
  },
});
