// What a todo is, and what a store of todos does. `src/store.ts` says which store this server uses.
import { ToolError } from 'scalekit-mcp-server';
import * as z from 'zod';

export const Todo = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
});
export type Todo = z.infer<typeof Todo>;

/** What a caller may set. A field that is missing or null stays as it is. */
export type TodoChanges = {
  readonly [field in 'title' | 'description' | 'completed']?: Todo[field] | null | undefined;
};

/** `place` counts all todos that the owner ever created. A page starts after a place, so deletions do not shift it. */
export interface Placed {
  readonly todo: Todo;
  readonly place: number;
}

export interface ListOptions {
  readonly completed?: boolean | null | undefined;
  /** The place after which to start; 0 is the beginning. */
  readonly after: number;
  readonly limit: number;
}

/**
 * Keeps todos. Every method takes the owner first, which is always the caller's `user.id`, and sees only this owner's todos.
 * Scopes are checked before: a store knows nothing of them.
 */
export interface TodoStore {
  /** @throws ToolError if the owner's todos have reached their limit; so does `update`. */
  create(ownerId: string, title: string, description: string | null): Promise<Todo>;
  /** @returns todos in the order in which they were created. */
  list(ownerId: string, options: ListOptions): Promise<readonly Placed[]>;
  get(ownerId: string, id: string): Promise<Todo | undefined>;
  /** Sets the given fields and no others, so that simultaneous changes to different fields are all kept. */
  update(ownerId: string, id: string, changes: TodoChanges): Promise<Todo | undefined>;
  /** @returns whether it existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
  /** Called once, after the last call. */
  close(): Promise<void>;
}

export const notFound = (id: string) => new ToolError(`Todo \`${id}\` not found.`);
export const noRoom = () => new ToolError('There is no room for this: delete a todo first.');
