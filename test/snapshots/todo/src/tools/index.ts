// The tools of this server, one file each. A tool that is not in this list does not exist.
import type { Tool } from 'scalekit-mcp-server';
import { createTodo } from './create-todo.ts';
import { deleteTodo } from './delete-todo.ts';
import { getTodo } from './get-todo.ts';
import { listTodos } from './list-todos.ts';
import { updateTodo } from './update-todo.ts';
// scalekit-mcp add: imports go above this line

export const tools: readonly Tool[] = [
  createTodo,
  listTodos,
  getTodo,
  updateTodo,
  deleteTodo,
  // scalekit-mcp add: tools go above this line
];
