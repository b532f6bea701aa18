/** Why there is nothing to run: what happened, and the next step. */
export class DevelopError extends Error {
  readonly next: string;

  constructor(message: string, next: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DevelopError';
    this.next = next;
  }
}
