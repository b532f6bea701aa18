import type { InferSchema, ToolMetadata } from 'xmcp';
import { z } from 'zod';
import { todos } from '../todos.js';

export const schema = { completed: z.boolean().optional().describe('Only todos in this state') };

export const metadata: ToolMetadata = { name: 'list_todos', description: 'List your todos.' };

export default function listTodos({ completed }: InferSchema<typeof schema>) {
  const found = { todos: todos.filter((todo) => completed === undefined || todo.completed === completed) };
  return { content: [{ type: 'text', text: JSON.stringify(found) }], structuredContent: found };
}
