// Changes a todo: what is left out, or null, stays as it is.
import { ToolError } from 'scalekit-mcp-server';
import * as z from 'zod';
import { tool } from '../scopes.ts';
import { Todo } from '../todo-store.ts';

export const updateTodo = tool({
  name: 'update_todo',
  title: 'Update a todo',
  description:
    'Changes a todo of the user: its title, its description, whether it is completed. What is left out stays.',
  scopes: ['todo:write'],
  input: z.object({
    todo_id: z.string().describe('The id, as create_todo and list_todos give it'),
    title: z.string().min(1).max(200).nullish(),
    description: z.string().max(2000).nullish(),
    completed: z.boolean().nullish(),
  }),
  output: z.object({ todo: Todo }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ todo_id, ...changes }, { user, services: { todos } }) {
    const todo = await todos.update(user.id, todo_id, changes);
    if (!todo) throw new ToolError(`Todo \`${todo_id}\` not found.`);
    return { todo };
  },
});
