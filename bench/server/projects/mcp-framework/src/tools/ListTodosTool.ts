import { type MCPInput, MCPTool } from 'mcp-framework';
import { z } from 'zod';
import { todos } from '../todos.js';

const schema = z.object({ completed: z.boolean().optional().describe('Only todos in this state') });

const todo = z.object({ id: z.string(), title: z.string(), description: z.string(), completed: z.boolean() });

class ListTodosTool extends MCPTool {
  name = 'list_todos';
  description = 'List your todos.';
  schema = schema;
  outputSchemaShape = z.object({ todos: z.array(todo).describe('Your todos') });

  async execute({ completed }: MCPInput<this>) {
    return { todos: todos.filter((todo) => completed === undefined || todo.completed === completed) };
  }
}

export default ListTodosTool;
