// The tools of this server. One file a tool; a tool that is not in this list does not exist.
import type { Tool } from '../protect/tool.ts';
import { createTodo } from './create-todo.ts';
import { deleteTodo } from './delete-todo.ts';
import { getTodo } from './get-todo.ts';
import { listTodos } from './list-todos.ts';
import { updateTodo } from './update-todo.ts';

export const tools: readonly Tool[] = [createTodo, listTodos, getTodo, updateTodo, deleteTodo];
