// Where todos live: in Postgres. This file is all that differs where they live elsewhere.
import type { ServiceDeclaration } from 'scalekit-mcp-server';
import { Database, databaseUrl } from './database.ts';
import { PostgresTodos } from './postgres-todos.ts';
import type { TodoStore } from './todo-store.ts';

/** What tools work with: `services` in their second argument. */
export interface Services {
  readonly todos: TodoStore;
}

export const services: ServiceDeclaration = {
  async open(_env, log) {
    const database = new Database(databaseUrl(), log);
    await database.open();
    return { todos: new PostgresTodos(database) };
  },
  close: ({ todos }) => todos.close(),
};

declare module 'scalekit-mcp-server' {
  interface Register {
    services: Services;
  }
}
