import { FastMCP } from 'fastmcp';
import { z } from 'zod';
import { todos } from './todos.js';

const server = new FastMCP({ name: 'Todo MCP', version: '1.0.0' });

server.addTool({
  name: 'list_todos',
  description: 'List your todos.',
  parameters: z.object({ completed: z.boolean().optional() }),
  execute: async ({ completed }) => {
    const found = { todos: todos.filter((todo) => completed === undefined || todo.completed === completed) };
    return { content: [{ type: 'text', text: JSON.stringify(found) }], structuredContent: found };
  },
});

await server.start({ transportType: 'httpStream', httpStream: { port: Number(process.env.PORT) } });
