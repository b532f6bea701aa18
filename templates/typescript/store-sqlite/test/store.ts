// The store that servers under test use.
import { SqliteTodos } from '../src/sqlite-todos.ts';
import type { TodoStore } from '../src/todo-store.ts';

export const newStore = (): TodoStore => new SqliteTodos(':memory:');
