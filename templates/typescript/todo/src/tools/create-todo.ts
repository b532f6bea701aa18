import * as z from 'zod';
import { tool } from '../scopes.ts';
import { Todo } from '../todo-store.ts';

export const createTodo = tool({
  name: 'create_todo',
  title: 'Create a todo',
  description: "Adds a todo to the user's list.",
  scopes: ['todo:write'],
  input: z.object({
    title: z.string().min(1).max(200).describe('What to do, in a few words'),
    description: z.string().max(2000).nullish().describe('What else there is to know about it'),
  }),
  output: z.object({ todo: Todo }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  async run({ title, description }, { user, services: { todos } }) {
    return { todo: await todos.create(user.id, title, description ?? null) };
  },
});
