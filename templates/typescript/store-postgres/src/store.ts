// Where todos live: in Postgres. To keep them elsewhere, open another TodoStore here; no tool has to change.
import type { ServiceDeclaration } from 'scalekit-mcp-server';
import { Database, databaseUrl } from './database.ts';
import { PostgresTodos } from './postgres-todos.ts';
import type { TodoStore } from './todo-store.ts';

export const services: ServiceDeclaration = {
  async open(_env, log) {
    const database = new Database(databaseUrl(), log);
    await database.open();
    return { todos: new PostgresTodos(database) };
  },
  close: ({ todos }) => todos.close(),
};

// What tools find in `services`, a part of their second argument.
declare module 'scalekit-mcp-server' {
  interface Register {
    services: { readonly todos: TodoStore };
  }
}
