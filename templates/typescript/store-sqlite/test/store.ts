// The store that servers under test work with.
import { SqliteTodos } from '../src/sqlite-todos.ts';
import type { TodoStore } from '../src/todo-store.ts';

export const newStore = (): TodoStore => new SqliteTodos(':memory:');
