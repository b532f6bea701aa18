/** What some editors on Windows put before a text: invisible, and to Node a part of the first variable's name. */
export const byteOrderMark = '\uFEFF';

/** One variable that an env file sets. */
export interface Assignment {
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
  /** Its line, or its lines where a value in quotes goes on over several. */
  readonly text: string;
  readonly hasSeveralLines: boolean;
}

/** The name, and the quote that the value begins with. */
const start = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=[ \t]*(["'`]?)/;

/** @returns how many lines a value goes on for after its first; a quote that is never closed is an ordinary character. */
function furtherLines(rest: string, quote: string, following: readonly string[]): number {
  if (quote === '' || rest.includes(quote)) return 0;
  return following.findIndex((line) => line.includes(quote)) + 1;
}

/** @returns what an env file sets, by the rules of Node's `util.parseEnv`, which are dotenv's too. */
export function assignmentsOf(text: string): readonly Assignment[] {
  const lines = text.split(/\r?\n/);
  const assignments: Assignment[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [head, name, quote = ''] = start.exec(line) ?? [];
    if (head === undefined || name === undefined) continue;
    const further = furtherLines(line.slice(head.length), quote, lines.slice(index + 1));
    assignments.push({
      name,
      line: index + 1,
      text: lines.slice(index, index + 1 + further).join('\n'),
      hasSeveralLines: further > 0,
    });
    index += further;
  }
  return assignments;
}
