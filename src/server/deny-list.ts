// The deny list: users and tokens that are refused before the tokens expire. Checked on every request, even for a cached token.
import type { JWTPayload } from 'jose';
import type { Denials } from '../scalekit/deny-list.ts';
import { KeysUnavailable } from './keys.ts';

/** The list has never been read. Nobody knows who is on it, so nobody is let in. */
export class DenyListUnavailable extends KeysUnavailable {
  override readonly reason = 'deny_list_unavailable';

  constructor(cause?: unknown) {
    super(2, cause);
    this.message = 'The deny list is not available';
  }
}

/** Where the deny list is, which `scalekit-mcp deny` writes. */
export interface DenyOptions {
  /** A file: one id (`jti` or `sub`) and one time per line. */
  readonly file?: string | undefined;
  /** `redis://…` or `rediss://…`; needs `npm install ioredis`. */
  readonly redisUrl?: string | undefined;
}

/** What the list needs to know about a token. */
type Claims = Pick<JWTPayload, 'sub' | 'jti'>;

/** Denials of one or several sources, each of which is replaced as a whole whenever it is read. */
export class DenyList {
  readonly #sources = new Map<string, Denials | undefined>();
  readonly #open = new Set<{ readonly claims: Claims; readonly end: () => void }>();
  #denied: Denials = new Map();
  #isComplete = true;

  /** Announces a source. Until it has been read, nobody is let in. */
  expect(source: string): void {
    this.#sources.set(source, undefined);
    this.#isComplete = false;
  }

  /** Whether this source has been read. */
  has(source: string): boolean {
    return this.#sources.get(source) !== undefined;
  }

  /** @throws DenyListUnavailable if a source has never been read. */
  check(): void {
    if (!this.#isComplete) throw new DenyListUnavailable();
  }

  /** Replaces a source's denials, and ends the open streams of those who are denied. */
  replace(source: string, denials: Denials): void {
    this.#sources.set(source, denials);
    const all = [...this.#sources.values()];
    this.#isComplete = !all.includes(undefined);
    this.#denied = merged(all.filter((each) => each !== undefined));
    for (const { claims, end } of this.#open) if (this.#has(claims)) end();
  }

  /**
   * @returns whether this token is refused.
   * @throws DenyListUnavailable if a source has never been read.
   */
  denies(claims: Claims): boolean {
    this.check();
    return this.#denied.size > 0 && this.#has(claims);
  }

  /** Calls back as soon as a stream's token is denied, at once if it is already. @returns what stops this. */
  follow(claims: Claims, end: () => void): () => void {
    const entry = { claims, end };
    this.#open.add(entry);
    if (this.#has(claims)) end();
    return () => void this.#open.delete(entry);
  }

  #has({ sub, jti }: Claims): boolean {
    const until = Math.max(this.#denied.get(sub ?? '') ?? 0, this.#denied.get(jti ?? '') ?? 0);
    return until > Date.now();
  }
}

/** If several sources name the same id, the longest denial counts. */
function merged(sources: readonly Denials[]): Denials {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  const all = new Map<string, number>();
  for (const source of sources)
    for (const [id, until] of source) all.set(id, Math.max(until, all.get(id) ?? 0));
  return all;
}
