import * as z from 'zod';
import { tool } from '../scopes.ts';
import { notFound, Todo } from '../todo-store.ts';

export const getTodo = tool({
  name: 'get_todo',
  title: 'Get a todo',
  description: "Reads one of the user's todos.",
  scopes: ['todo:read'],
  input: z.object({ todo_id: z.string().describe('The id, from create_todo or list_todos') }),
  output: z.object({ todo: Todo }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  async run({ todo_id }, { user, services: { todos } }) {
    const todo = await todos.get(user.id, todo_id);
    if (!todo) throw notFound(todo_id);
    return { todo };
  },
});
