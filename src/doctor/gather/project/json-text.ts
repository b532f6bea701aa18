import { objectIn } from '../../reading.ts';
import { lineAt } from './files.ts';

/** JSON with comments: replaces comments, and commas before a closing bracket, by spaces, so that no other character moves. */
export function withoutJsonComments(text: string): string {
  const token = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  const bare = text.replaceAll(token, (part) =>
    part.startsWith('"') ? part : part.replaceAll(/[^\n]/g, ' '),
  );
  const comma = /"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g;
  return bare.replaceAll(comma, (part) => (part === ',' ? ' ' : part));
}

/** A JSON object, or what is wrong with the text and where. */
export type JsonRead =
  | { readonly value: Readonly<Record<string, unknown>> }
  | { readonly problem: string; readonly line: number };

function positionOf(message: string): number {
  return Number(/position (\d+)/.exec(message)?.[1] ?? 0);
}

/** @param comments whether the program that reads the file allows them. */
export function readJson(text: string, comments: boolean): JsonRead {
  const bare = text.replace(/^\uFEFF/, ' ');
  try {
    const value = objectIn(JSON.parse(comments ? withoutJsonComments(bare) : bare));
    return value === undefined ? { problem: 'it is not a JSON object', line: 1 } : { value };
  } catch (error) {
    const { message } = error as Error;
    const isCommented = !comments && /(?:^|\s)\/[/*]/.test(text);
    const line = lineAt(text, positionOf(message));
    if (isCommented) return { problem: 'it contains a comment, which is not allowed here', line };
    return { problem: message.replace(/\s*\(line \d+ column \d+\)|, "[\s\S]*$/g, ''), line };
  }
}
