import * as z from 'zod';
import { tool } from '../scopes.ts';
import { notFound } from '../todo-store.ts';

export const deleteTodo = tool({
  name: 'delete_todo',
  title: 'Delete a todo',
  description: "Deletes one of the user's todos for good.",
  scopes: ['todo:write'],
  input: z.object({ todo_id: z.string().describe('The id, from create_todo or list_todos') }),
  output: z.object({ deleted: z.string().describe('The id of the deleted todo') }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ todo_id }, { user, services: { todos } }) {
    if (!(await todos.delete(user.id, todo_id))) throw notFound(todo_id);
    return { deleted: todo_id };
  },
});
