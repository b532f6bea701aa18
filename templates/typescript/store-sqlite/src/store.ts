// Where todos live: in a SQLite file. This file is all that differs where they live elsewhere.
import type { ServiceDeclaration } from 'scalekit-mcp-server';
import { SqliteTodos } from './sqlite-todos.ts';
import type { TodoStore } from './todo-store.ts';

/** What tools work with: `services` in their second argument. */
export interface Services {
  readonly todos: TodoStore;
}

export const services: ServiceDeclaration = {
  open: () => ({ todos: new SqliteTodos(process.env.SQLITE_FILE?.trim() || 'data/todos.db') }),
  close: ({ todos }) => todos.close(),
};

declare module 'scalekit-mcp-server' {
  interface Register {
    services: Services;
  }
}
