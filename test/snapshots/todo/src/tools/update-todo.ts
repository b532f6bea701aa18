import * as z from 'zod';
import { tool } from '../scopes.ts';
import { notFound, Todo } from '../todo-store.ts';

export const updateTodo = tool({
  name: 'update_todo',
  title: 'Update a todo',
  description: "Changes one of the user's todos. A field that is missing or null stays as it is.",
  scopes: ['todo:write'],
  input: z.object({
    todo_id: z.string().describe('The id, from create_todo or list_todos'),
    title: z.string().min(1).max(200).nullish(),
    description: z.string().max(2000).nullish(),
    completed: z.boolean().nullish(),
  }),
  output: z.object({ todo: Todo }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ todo_id, ...changes }, { user, services: { todos } }) {
    const todo = await todos.update(user.id, todo_id, changes);
    if (!todo) throw notFound(todo_id);
    return { todo };
  },
});
