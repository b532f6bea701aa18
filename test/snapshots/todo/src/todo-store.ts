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

/**
 * Keeps todos. Every method takes the owner first, always the caller's `user.id`, and sees the todos of this owner alone.
 * What the caller may do was decided before: a store knows nothing of scopes.
 */
export interface TodoStore {
  /** @throws ToolError where the owner has as much as there may be. */
  create(ownerId: string, title: string, description: string | null): Promise<Todo>;
  /** @throws ToolError where the cursor is none of ours. */
  list(ownerId: string, options: PageOptions): Promise<Page>;
  get(ownerId: string, id: string): Promise<Todo | undefined>;
  /**
   * Sets what was given, and nothing else: of two changes at once to different fields, both stay.
   * @throws ToolError where the owner has as much as there may be.
   */
  update(ownerId: string, id: string, changes: TodoChanges): Promise<Todo | undefined>;
  /** @returns whether it was there. */
  delete(ownerId: string, id: string): Promise<boolean>;
  /** Called once, after the last call. */
  close(): Promise<void>;
}

/** A todo, and its place among all that its owner has created: pages go on after a place, not after a count. */
export interface Placed {
  readonly todo: Todo;
  readonly place: number;
}

/** @returns the place after which a page begins. @throws ToolError for a cursor that no page has given. */
export function placeAfter(cursor: string | null | undefined): number {
  const text = cursor ?? '0';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ToolError('This cursor is not the next_cursor of a page.');
}

/** @param found one more than the page may have, where there are that many. */
export function pageOf(found: readonly Placed[], limit: number): Page {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const todos = page.map(({ todo }) => todo);
  return found.length > limit && last ? { todos, next: String(last.place) } : { todos };
}

export const noRoom = 'There is no room for this: delete a todo first.';
