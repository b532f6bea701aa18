// Deletes a todo.
import { ToolError } from 'scalekit-mcp-server';
import * as z from 'zod';
import { tool } from '../scopes.ts';

export const deleteTodo = tool({
  name: 'delete_todo',
  title: 'Delete a todo',
  description: 'Deletes a todo of the user for good.',
  scopes: ['todo:write'],
  input: z.object({ todo_id: z.string().describe('The id, as create_todo and list_todos give it') }),
  output: z.object({ deleted: z.string().describe('The id of the todo that is gone') }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ todo_id }, { user, services: { todos } }) {
    if (!(await todos.delete(user.id, todo_id))) throw new ToolError(`Todo \`${todo_id}\` not found.`);
    return { deleted: todo_id };
  },
});
