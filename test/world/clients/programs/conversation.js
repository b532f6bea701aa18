// Answers lines of JSON on stdin: what a user of the client would click or type.
import { createInterface } from 'node:readline';

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
