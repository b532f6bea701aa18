/** Why a project could not be written, installed or committed: what happened, and the next step where one is known. */
export class ProjectError extends Error {
  /** Machine-readable, e.g. `directory/not-empty`. */
  readonly code: string;
  readonly next: string | undefined;

  constructor(code: string, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProjectError';
    this.code = code;
    this.next = options.next;
  }
}

/** @returns the system's code of an error, such as `ENOSPC`, or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
