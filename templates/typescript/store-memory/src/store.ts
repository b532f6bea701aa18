// Where todos live: in memory. This file is all that differs where they live elsewhere.
import type { ServiceDeclaration } from 'scalekit-mcp-server';
import { MemoryTodos } from './memory-todos.ts';
import type { TodoStore } from './todo-store.ts';

/** What tools work with: `services` in their second argument. */
export interface Services {
  readonly todos: TodoStore;
}

export const services: ServiceDeclaration = {
  open: () => ({ todos: new MemoryTodos() }),
  close: ({ todos }) => todos.close(),
};

declare module 'scalekit-mcp-server' {
  interface Register {
    services: Services;
  }
}
