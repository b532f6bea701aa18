// Answers lines of JSON on stdin: what a user of the client would click or type.
import { createInterface } from 'node:readline';

/**
 * @param session `finish` ends a sign-in that a person has answered, `connect` connects anew.
 * @returns what does an action, or signs in where the server asks for that; undefined says that the action has not run.
 */
export function signsIn({ isUnauthorized, finish, connect }) {
  return async (action) => {
    try {
      return await action();
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      await finish();
      await connect();
      return undefined;
    }
  };
}

/** @returns the result of a tool call. @throws Error if the tool reported one. */
export function resultOf({ isError, content, structuredContent }) {
  if (isError) throw new Error(JSON.stringify(content));
  return structuredContent ?? content;
}

/** @param handlers by method, each takes the parameters and returns the result. */
export async function converse(handlers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line);
    const reply = await handlers[method](params).then(
      (result) => ({ result: result ?? null }),
      (error) => ({ error: { message: `${error.name}: ${error.message}` } }),
    );
    process.stdout.write(`${JSON.stringify({ id, ...reply })}\n`);
  }
}
