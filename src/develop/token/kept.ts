import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '../../project/file-lock.ts';
import { readJsonFile, replacePrivateFile } from '../../project/private-files.ts';
import { stateDirectory } from '../../project/state-directory.ts';
import type { SignedIn } from '../../sign-in/sign-in.ts';
import type { Tokens } from '../../sign-in/tokens.ts';

/** Whose token it is. */
export interface Holder {
  /** `--as`, as it was typed. */
  readonly user: string | null;
  /** `--client-id`, as it was typed. */
  readonly client: string | null;
  readonly machine: boolean;
}

/** A stored sign-in. */
export interface KeptToken extends SignedIn {
  readonly holder: Holder;
  /** The scopes that were asked for; null: all of the server's. */
  readonly asked: readonly string[] | null;
}

/** What is looked for: exactly these scopes, or at least these. `null` means all of the server's. */
export interface Wanted {
  readonly holder: Holder;
  readonly scopes: readonly string[] | null;
  readonly orMore: boolean;
}

interface File {
  readonly version: 1;
  readonly server: string;
  readonly kept: readonly KeptToken[];
}

const same = (a: Holder, b: Holder) => a.user === b.user && a.client === b.client && a.machine === b.machine;

const key = (scopes: readonly string[] | null) => (scopes === null ? null : [...scopes].sort().join(' '));

/** @returns whether a token is good for a moment longer: not just about to expire when it reaches the server. */
export function isFresh({ expiresAt }: Tokens, margin = 10_000, now = Date.now()): boolean {
  return expiresAt === undefined || expiresAt - margin > now;
}

function isFile(value: unknown): value is File {
  const file = value as Partial<File> | null | undefined;
  return file?.version === 1 && Array.isArray(file.kept);
}

/**
 * The sign-ins at one server, in one file in the user's state folder (0600 in 0700), by scopes and
 * by user.
 */
export class KeptTokens {
  readonly #directory: string;
  readonly #name: string;
  readonly #server: string;
  readonly #signal: AbortSignal;

  /**
   * @param server its MCP endpoint.
   * @param authority the authorization server that the project's settings name. If it changes, the same address has other tokens.
   */
  constructor(
    env: Readonly<Record<string, string | undefined>>,
    server: string,
    authority: string,
    signal: AbortSignal,
  ) {
    this.#directory = join(stateDirectory(env), 'tokens');
    const digest = createHash('sha256').update(`${server}\n${authority}`).digest('hex');
    this.#name = `${digest.slice(0, 32)}.json`;
    this.#server = server;
    this.#signal = signal;
  }

  async all(): Promise<readonly KeptToken[]> {
    const file = await readJsonFile(this.#directory, this.#name);
    return isFile(file) ? file.kept : [];
  }

  /** @returns the token that fits best: the one with exactly these scopes, else the one with the fewest. */
  async find({ holder, scopes, orMore }: Wanted): Promise<KeptToken | undefined> {
    const own = (await this.all()).filter((each) => same(each.holder, holder));
    const exact = own.find(({ asked }) => key(asked) === key(scopes));
    if (exact !== undefined || !orMore || scopes === null) return exact;
    return own
      .filter(({ tokens }) => scopes.every((scope) => tokens.scopes.includes(scope)))
      .sort((a, b) => a.tokens.scopes.length - b.tokens.scopes.length)[0];
  }

  /** @returns the token that is stored now for the same user and scopes. */
  async current(token: KeptToken): Promise<KeptToken | undefined> {
    return (await this.all()).find((each) => isSame(each, token));
  }

  /** Stores a token in place of the one for the same request. */
  async keep(token: KeptToken): Promise<void> {
    const others = (await this.all()).filter((each) => !isSame(each, token));
    await this.#write([...others, token]);
  }

  async forget(token: KeptToken): Promise<void> {
    await this.#write((await this.all()).filter((each) => !isSame(each, token)));
  }

  /** Runs something exclusively, because using a refresh token twice ends the sign-in (RFC 9700, section 4.14.2). */
  alone<T>(run: () => Promise<T>): Promise<T> {
    return withFileLock(this.#directory, `${this.#name}.lock`, this.#signal, run);
  }

  async #write(kept: readonly KeptToken[]): Promise<void> {
    if (kept.length === 0) return void (await rm(join(this.#directory, this.#name), { force: true }));
    const file: File = { version: 1, server: this.#server, kept };
    await replacePrivateFile(this.#directory, this.#name, file);
  }
}

function isSame(a: KeptToken, b: KeptToken): boolean {
  return same(a.holder, b.holder) && key(a.asked) === key(b.asked);
}
