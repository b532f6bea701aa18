import { MCPServer } from 'mcp-use';
import { z } from 'zod';
import { todos } from './todos.js';

const server = new MCPServer({ name: 'todo-mcp', title: 'Todo MCP', version: '1.0.0' });

export const listTodos = server.tool(
  {
    name: 'list_todos',
    description: 'List your todos.',
    inputSchema: z.object({ completed: z.boolean().optional().describe('Only todos in this state') }),
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  async ({ completed }) => {
    const found = { todos: todos.filter((todo) => completed === undefined || todo.completed === completed) };
    return { content: [{ type: 'text', text: JSON.stringify(found) }], structuredContent: found };
  },
);

export default server;
