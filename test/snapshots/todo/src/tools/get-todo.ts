// Reads a todo.
import { ToolError } from 'scalekit-mcp-server';
import * as z from 'zod';
import { tool } from '../scopes.ts';
import { Todo } from '../todo-store.ts';

export const getTodo = tool({
  name: 'get_todo',
  title: 'Get a todo',
  description: 'Reads one todo of the user.',
  scopes: ['todo:read'],
  input: z.object({ todo_id: z.string().describe('The id, as create_todo and list_todos give it') }),
  output: z.object({ todo: Todo }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  async run({ todo_id }, { user, services: { todos } }) {
    const todo = await todos.get(user.id, todo_id);
    if (!todo) throw new ToolError(`Todo \`${todo_id}\` not found.`);
    return { todo };
  },
});
