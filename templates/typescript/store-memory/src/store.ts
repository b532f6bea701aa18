// Where todos live: in memory, each under its owner. Put a database here; the tools need not change.
import { randomUUID } from 'node:crypto';
import { ToolError } from 'scalekit-mcp-server';
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

/** Some of the todos, in the order in which they were created. */
export interface Page {
  readonly todos: Todo[];
  /** Where the next page begins; nothing where there is none. */
  readonly next?: string;
}

export interface PageOptions {
  /** Only those that are, or are not. */
  readonly completed?: boolean | null | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** So much a user may have, in todos and in bytes of JSON, since they live in memory: nobody fills it alone. */
const maximumTodos = 1000;
const maximumBytes = 1_000_000;

/** A todo, and its place among all that its owner has created. */
interface Entry {
  readonly todo: Todo;
  readonly number: number;
  readonly bytes: number;
}

/** Everything of one owner: no lookup finds a todo without naming its owner. */
class OwnerTodos {
  readonly #entries = new Map<string, Entry>();
  #created = 0;
  #bytes = 0;

  /** A todo that is there already keeps its place. */
  put(todo: Todo): Todo {
    const old = this.#entries.get(todo.id);
    const bytes = Buffer.byteLength(JSON.stringify(todo));
    const total = this.#bytes - (old?.bytes ?? 0) + bytes;
    if (total > maximumBytes || (!old && this.#entries.size >= maximumTodos))
      throw new ToolError('There is no room for this: delete a todo first.');
    this.#bytes = total;
    if (!old) this.#created += 1;
    this.#entries.set(todo.id, { todo, bytes, number: old?.number ?? this.#created });
    return todo;
  }

  get(id: string): Todo | undefined {
    return this.#entries.get(id)?.todo;
  }

  delete(id: string): boolean {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    return this.#entries.delete(id);
  }

  page({ completed, limit, cursor }: PageOptions): Page {
    const after = Number(cursor ?? 0);
    if (!Number.isSafeInteger(after)) throw new ToolError('This cursor is not the next_cursor of a page.');
    const entries = [...this.#entries.values()].filter(({ todo, number }) => {
      return number > after && (completed ?? todo.completed) === todo.completed;
    });
    const page = entries.slice(0, limit);
    const next = entries.length > limit ? { next: String(page.at(-1)?.number) } : {};
    return { todos: page.map(({ todo }) => todo), ...next };
  }
}

const todosByOwner = new Map<string, OwnerTodos>();

/** The functions are asynchronous, as those of a database are. `ownerId` is always the caller's `user.id`. */
export const todos = {
  /** @throws ToolError where the owner has as much as there may be. */
  async create(ownerId: string, title: string, description: string | null): Promise<Todo> {
    const own = todosByOwner.get(ownerId) ?? new OwnerTodos();
    const todo = own.put({ id: randomUUID(), title, description, completed: false });
    todosByOwner.set(ownerId, own);
    return todo;
  },

  /** @throws ToolError where the cursor is none of ours. */
  async list(ownerId: string, options: PageOptions): Promise<Page> {
    return (todosByOwner.get(ownerId) ?? new OwnerTodos()).page(options);
  },

  async get(ownerId: string, id: string): Promise<Todo | undefined> {
    return todosByOwner.get(ownerId)?.get(id);
  },

  /** @throws ToolError where the owner has as much as there may be. */
  async update(ownerId: string, id: string, changes: TodoChanges): Promise<Todo | undefined> {
    const own = todosByOwner.get(ownerId);
    const todo = own?.get(id);
    if (!own || !todo) return undefined;
    return own.put({
      id,
      title: changes.title ?? todo.title,
      description: changes.description ?? todo.description,
      completed: changes.completed ?? todo.completed,
    });
  },

  async delete(ownerId: string, id: string): Promise<boolean> {
    return todosByOwner.get(ownerId)?.delete(id) ?? false;
  },
};
