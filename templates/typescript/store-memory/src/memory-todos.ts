// Todos in memory: gone when the process ends, and unknown to other processes.
import { randomUUID } from 'node:crypto';
import type { ListOptions, Placed, Todo, TodoChanges, TodoStore } from './todo-store.ts';
import { noRoom } from './todo-store.ts';

/** Per-user limits, so that one user cannot fill the memory: todos, and bytes of JSON. */
const maximumTodos = 1000;
const maximumBytes = 1_000_000;

const sizeOf = (todo: Todo | undefined) => (todo ? Buffer.byteLength(JSON.stringify(todo)) : 0);

/** The todos of one owner by their ids, in the order in which they were created. */
class OwnerTodos extends Map<string, Placed> {
  #created = 0;
  #bytes = 0;

  /** Adds a todo, or replaces the one with its id, in the same place. */
  put(todo: Todo): Todo {
    const old = this.get(todo.id);
    const bytes = this.#bytes - sizeOf(old?.todo) + sizeOf(todo);
    if (bytes > maximumBytes || (!old && this.size >= maximumTodos)) throw noRoom();
    this.#bytes = bytes;
    if (!old) this.#created += 1;
    this.set(todo.id, { todo, place: old?.place ?? this.#created });
    return todo;
  }

  override delete(id: string): boolean {
    this.#bytes -= sizeOf(this.get(id)?.todo);
    return super.delete(id);
  }
}

/** Every lookup starts from the owner, so nobody finds the todo of another user. */
export class MemoryTodos implements TodoStore {
  readonly #owners = new Map<string, OwnerTodos>();

  async create(ownerId: string, title: string, description: string | null) {
    const own = this.#of(ownerId);
    this.#owners.set(ownerId, own);
    return own.put({ id: randomUUID(), title, description, completed: false });
  }

  async list(ownerId: string, { completed, after, limit }: ListOptions) {
    const found = [...this.#of(ownerId).values()].filter(({ todo, place }) => {
      return place > after && todo.completed === (completed ?? todo.completed);
    });
    return found.slice(0, limit);
  }

  async get(ownerId: string, id: string) {
    return this.#of(ownerId).get(id)?.todo;
  }

  async update(ownerId: string, id: string, { title, description, completed }: TodoChanges) {
    const own = this.#of(ownerId);
    const todo = own.get(id)?.todo;
    if (!todo) return undefined;
    return own.put({
      id,
      title: title ?? todo.title,
      description: description ?? todo.description,
      completed: completed ?? todo.completed,
    });
  }

  async delete(ownerId: string, id: string) {
    return this.#of(ownerId).delete(id);
  }

  async close() {
    this.#owners.clear();
  }

  /** A new owner's list is stored only by `create`, so that reading uses no memory. */
  #of(ownerId: string): OwnerTodos {
    return this.#owners.get(ownerId) ?? new OwnerTodos();
  }
}
