import { toolCall } from './messages.ts';

/** Tool calls as plain requests, for load tests, in which a real client would take more time than the server. */

export interface ToolResult<T> {
  /** Undefined if the connection broke before an answer came. */
  readonly status: number | undefined;
  readonly result?: T | undefined;
  /** The error that a tool reported. */
  readonly error?: string | undefined;
}

export function toolCallRequest(token: string, name: string, args: object = {}): RequestInit {
  return {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(toolCall(name, args)),
  };
}

/** @returns the outcome of a call. It never throws, because a server that dies under load is what is tested. */
export async function callTool<T>(
  endpoint: string,
  token: string,
  name: string,
  args: object = {},
): Promise<ToolResult<T>> {
  try {
    const response = await fetch(endpoint, toolCallRequest(token, name, args));
    const body = (await response.json()) as {
      result?: { isError?: boolean; structuredContent?: T; content: ReadonlyArray<{ text?: string }> };
    };
    const { result } = body;
    if (result?.isError) return { status: response.status, error: result.content[0]?.text };
    return { status: response.status, result: result?.structuredContent };
  } catch {
    return { status: undefined };
  }
}

export interface ListedTodo {
  readonly id: string;
  readonly title: string;
}

/** @returns all todos of a user, page by page. @throws Error if a page does not come. */
export async function allTodos(endpoint: string, token: string): Promise<readonly ListedTodo[]> {
  const todos: ListedTodo[] = [];
  let cursor: string | undefined;
  do {
    const { status, result } = await callTool<{ todos: ListedTodo[]; next_cursor?: string }>(
      endpoint,
      token,
      'list_todos',
      { limit: 1000, cursor },
    );
    if (result === undefined) throw new Error(`list_todos was answered with ${status}`);
    todos.push(...result.todos);
    cursor = result.next_cursor;
  } while (cursor !== undefined);
  return todos;
}
