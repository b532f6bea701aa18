// Where todos live: in memory. This is the only file that differs from one store to another.
import type { ServiceDeclaration } from 'scalekit-mcp-server';
import { MemoryTodos } from './memory-todos.ts';
import type { TodoStore } from './todo-store.ts';

export const services: ServiceDeclaration = {
  open: () => ({ todos: new MemoryTodos() }),
  close: ({ todos }) => todos.close(),
};

// What tools find in `services`, a part of their second argument.
declare module 'scalekit-mcp-server' {
  interface Register {
    services: { readonly todos: TodoStore };
  }
}
