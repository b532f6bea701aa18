// Where todos live: in memory, each under its owner. Put a database here; the tools need not change.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';

export const Todo = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
});
export type Todo = z.infer<typeof Todo>;

/** What a caller may set. What is left out, or null, stays as it is. */
export type TodoChanges = {
  readonly [field in 'title' | 'description' | 'completed']?: Todo[field] | null | undefined;
};

/** So many todos a user may have, since they live in memory: nobody fills it alone. */
const maximumTodos = 1000;

/** Owner first, todo second: no lookup finds a todo without naming its owner. */
const todosByOwner = new Map<string, Map<string, Todo>>();

function todosOf(ownerId: string): Map<string, Todo> {
  return todosByOwner.get(ownerId) ?? new Map();
}

/** The functions are asynchronous, as those of a database are. `ownerId` is always the caller's `user.id`. */
export const todos = {
  /** @returns nothing where the owner has as many as there may be. */
  async create(ownerId: string, title: string, description: string | null): Promise<Todo | undefined> {
    const own = todosOf(ownerId);
    if (own.size >= maximumTodos) return undefined;
    const todo: Todo = { id: randomUUID(), title, description, completed: false };
    todosByOwner.set(ownerId, own.set(todo.id, todo));
    return todo;
  },

  async list(ownerId: string, completed: boolean | null): Promise<Todo[]> {
    const all = [...todosOf(ownerId).values()];
    return completed === null ? all : all.filter((todo) => todo.completed === completed);
  },

  async get(ownerId: string, id: string): Promise<Todo | undefined> {
    return todosOf(ownerId).get(id);
  },

  async update(ownerId: string, id: string, changes: TodoChanges): Promise<Todo | undefined> {
    const todo = todosOf(ownerId).get(id);
    if (!todo) return undefined;
    const changed: Todo = {
      id,
      title: changes.title ?? todo.title,
      description: changes.description ?? todo.description,
      completed: changes.completed ?? todo.completed,
    };
    todosOf(ownerId).set(id, changed);
    return changed;
  },

  async delete(ownerId: string, id: string): Promise<boolean> {
    return todosOf(ownerId).delete(id);
  },
};
