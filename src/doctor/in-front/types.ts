import type { Headers } from '../probe.ts';

/** What may be between a client and the server, how its answers are recognised, and the line that fixes what it does. */
export interface Intermediary {
  readonly name: string;
  /** Where its signature is documented, or how it was observed. */
  readonly source: string;
  readonly is: (headers: Headers, text: string) => boolean;
  /** What to write in its configuration, by what it does wrong. */
  readonly lines: Readonly<Partial<Record<Trouble, string>>>;
}

/** What an intermediary may do wrong. */
export type Trouble =
  | 'host'
  | 'authorization'
  | 'upstream'
  | 'prefix'
  | 'scheme'
  | 'challenge'
  | 'login'
  | 'policy'
  | 'route';

/** @returns a test of the header Server. */
export const serverIs = (pattern: RegExp) => (headers: Headers) => pattern.test(headers.server ?? '');
