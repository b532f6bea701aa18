// The store that servers under test use.
import { MemoryTodos } from '../src/memory-todos.ts';
import type { TodoStore } from '../src/todo-store.ts';

export const newStore = (): TodoStore => new MemoryTodos();
