// Todos in memory: gone when the process ends, and unknown to other processes.
import { randomUUID } from 'node:crypto';
import { ToolError } from 'scalekit-mcp-server';
import {
  noRoom,
  type Page,
  type PageOptions,
  type Placed,
  pageOf,
  placeAfter,
  type Todo,
  type TodoChanges,
  type TodoStore,
} from './todo-store.ts';

/** So much a user may have, in todos and in bytes of JSON: nobody fills the memory alone. */
const maximumTodos = 1000;
const maximumBytes = 1_000_000;

interface Entry extends Placed {
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
    if (total > maximumBytes || (!old && this.#entries.size >= maximumTodos)) throw new ToolError(noRoom);
    this.#bytes = total;
    if (!old) this.#created += 1;
    this.#entries.set(todo.id, { todo, bytes, place: old?.place ?? this.#created });
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
    const after = placeAfter(cursor);
    const entries = [...this.#entries.values()].filter(({ todo, place }) => {
      return place > after && (completed ?? todo.completed) === todo.completed;
    });
    return pageOf(entries, limit);
  }
}

export class MemoryTodos implements TodoStore {
  readonly #owners = new Map<string, OwnerTodos>();

  async create(ownerId: string, title: string, description: string | null): Promise<Todo> {
    const own = this.#owners.get(ownerId) ?? new OwnerTodos();
    const todo = own.put({ id: randomUUID(), title, description, completed: false });
    this.#owners.set(ownerId, own);
    return todo;
  }

  async list(ownerId: string, options: PageOptions): Promise<Page> {
    return (this.#owners.get(ownerId) ?? new OwnerTodos()).page(options);
  }

  async get(ownerId: string, id: string): Promise<Todo | undefined> {
    return this.#owners.get(ownerId)?.get(id);
  }

  async update(ownerId: string, id: string, changes: TodoChanges): Promise<Todo | undefined> {
    const own = this.#owners.get(ownerId);
    const todo = own?.get(id);
    if (!own || !todo) return undefined;
    return own.put({
      id,
      title: changes.title ?? todo.title,
      description: changes.description ?? todo.description,
      completed: changes.completed ?? todo.completed,
    });
  }

  async delete(ownerId: string, id: string): Promise<boolean> {
    return this.#owners.get(ownerId)?.delete(id) ?? false;
  }

  async close(): Promise<void> {
    this.#owners.clear();
  }
}
