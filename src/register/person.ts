import type { Visit } from '../sign-in/visit.ts';

/** One of several things to choose from. */
export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** The person who answers questions, in a terminal, or a test. Cancelling throws `Interrupted`. */
export interface Person {
  /** Prints one or more lines. */
  say(text: string): void;
  /** Sends them to a page and waits until they are back. */
  visit(visit: Visit): Promise<URLSearchParams>;
  /** The first choice is preselected. */
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
  /** @param complaint what is wrong with what was typed, or undefined. */
  type(question: string, complaint: (typed: string) => string | undefined): Promise<string>;
  confirm(question: string, proposed: boolean): Promise<boolean>;
}
