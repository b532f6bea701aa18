// Where todos live: in a SQLite file. To keep them elsewhere, open another TodoStore here; no tool has to change.
import type { ServiceDeclaration } from 'scalekit-mcp-server';
import { SqliteTodos } from './sqlite-todos.ts';
import type { TodoStore } from './todo-store.ts';

export const services: ServiceDeclaration = {
  open: () => ({ todos: new SqliteTodos(process.env.SQLITE_FILE?.trim() || 'data/todos.db') }),
  close: ({ todos }) => todos.close(),
};

// What tools find in `services`, a part of their second argument.
declare module 'scalekit-mcp-server' {
  interface Register {
    services: { readonly todos: TodoStore };
  }
}
