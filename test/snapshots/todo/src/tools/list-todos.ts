// Lists todos: all, or those that are completed or open.
import * as z from 'zod';
import { tool } from '../scopes.ts';
import { Todo, todos } from '../store.ts';

export const listTodos = tool({
  name: 'list_todos',
  title: 'List todos',
  description: 'Lists the todos of the user: all, or only those that are completed or open.',
  scopes: ['todo:read'],
  input: z.object({
    completed: z
      .boolean()
      .nullish()
      .describe('true for completed todos, false for open ones; all if left out'),
  }),
  output: z.object({ todos: z.array(Todo) }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  async run({ completed }, { user }) {
    return { todos: await todos.list(user.id, completed ?? null) };
  },
});
