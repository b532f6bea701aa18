import { checkClientId, printable, withoutOfflineAccess } from '../../scalekit/index.ts';
import { machineSignIn, renew, revoke } from '../../sign-in/renew.ts';
import { type SignedIn, signIn } from '../../sign-in/sign-in.ts';
import { type Context, isInteractive } from '../../terminal/context.ts';
import { UsageError, UserError } from '../../terminal/errors.ts';
import { commandFor } from './command-line.ts';
import { type Holder, isFresh, type KeptToken, KeptTokens } from './kept.ts';
import type { ScopeWish, Taken, TokenSource } from './source.ts';
import { scopesGiven } from './source.ts';
import type { Target, TokenOptions } from './target.ts';

const taken = ({ tokens }: SignedIn): Taken => ({ token: tokens.accessToken, scopes: tokens.scopes });

/** What a wish asks for, as it is stored: null means all scopes. */
const askedBy = (wish: ScopeWish) => (wish.kind === 'all' ? null : wish.scopes);

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError(`--callback-port: This is no port: ${printable(text)}\n    expected 1 to 65535`, {
    code: 'token/port',
    next: 'npx scalekit-mcp token --help',
  });
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Only from the process environment: `.env` has the Scalekit environment's own client, which is not for this. */
function machineCredentials({ env }: Context, clientId = env.SCALEKIT_CLIENT_ID): Credentials {
  const clientSecret = env.SCALEKIT_CLIENT_SECRET;
  const next = 'Scalekit’s dashboard > MCP Servers > your server > Clients has both';
  const missing = [
    ...(clientId ? [] : ['SCALEKIT_CLIENT_ID']),
    ...(clientSecret ? [] : ['SCALEKIT_CLIENT_SECRET']),
  ];
  if (!clientId || !clientSecret)
    throw new UsageError(
      `--machine takes the client from the environment, and there is no ${missing.join(' and no ')}.`,
      { code: 'token/no-credentials', next },
    );
  if (checkClientId(clientId).ok)
    throw new UsageError(
      `SCALEKIT_CLIENT_ID is the environment’s own client, which gets no token for an MCP server: ${printable(clientId)}\n    expected m2m_… or m2morg_…`,
      { code: 'token/other-client', next },
    );
  return { clientId, clientSecret };
}

/** Tokens for which a person signs in, or a machine identifies itself, at the authorization server that the MCP server names. */
export class SignInSource implements TokenSource {
  readonly endpoint: string;
  readonly #options: TokenOptions;
  readonly #context: Context;
  readonly #issuer: string | undefined;
  readonly #holder: Holder;
  readonly #kept: KeptTokens | undefined;
  readonly #port: number | undefined;

  constructor({ endpoint, issuer }: Target, options: TokenOptions, context: Context) {
    this.endpoint = endpoint;
    this.#options = options;
    this.#context = context;
    this.#issuer = issuer;
    this.#port = portOf(options.callbackPort);
    const { as: user = null, clientId: client = null, machine = false } = options;
    this.#holder = { user, client, machine };
    const kept = new KeptTokens(context.env, endpoint, issuer ?? '', context.signal);
    this.#kept = options.cache === false ? undefined : kept;
  }

  async take(wish: ScopeWish): Promise<Taken> {
    return (await this.atHand(wish)) ?? this.#anew(wish);
  }

  async atHand(wish: ScopeWish): Promise<Taken | undefined> {
    const kept = await this.#find(wish);
    return kept !== undefined && isFresh(kept.tokens) ? taken(kept) : kept && this.#renewed(kept);
  }

  async stepUp(wish: ScopeWish): Promise<Taken> {
    return this.#anew(wish);
  }

  async replace(refused: Taken, wish: ScopeWish): Promise<Taken> {
    const kept = await this.#find(wish);
    // Another program may have renewed it by now.
    if (kept === undefined || kept.tokens.accessToken !== refused.token) return this.take(wish);
    return (await this.#renewed(kept)) ?? this.#anew(wish);
  }

  async logout(): Promise<string> {
    const kept =
      this.#kept ??
      new KeptTokens(this.#context.env, this.endpoint, this.#issuer ?? '', this.#context.signal);
    const { as, clientId, machine } = this.#options;
    const scopes = scopesGiven(this.#options);
    const isMeant = ({ holder, asked }: KeptToken) =>
      (as === undefined || holder.user === as) &&
      (clientId === undefined || holder.client === clientId) &&
      (machine !== true || holder.machine) &&
      (scopes === undefined || (asked !== null && asked.toSorted().join() === scopes.toSorted().join()));
    return kept.alone(async () => {
      const meant = (await kept.all()).filter(isMeant);
      for (const each of meant) await kept.forget(each);
      const { signal } = this.#context;
      const revoked = await Promise.all(meant.map(({ origin, tokens }) => revoke(origin, tokens, signal)));
      return describeLogout(this.endpoint, meant, revoked.filter(Boolean).length);
    });
  }

  #find(wish: ScopeWish): Promise<KeptToken | undefined> | undefined {
    return this.#kept?.find({
      holder: this.#holder,
      scopes: askedBy(wish),
      orMore: wish.kind === 'atLeast',
    });
  }

  /** @returns undefined if only a new sign-in helps. */
  #renewed(old: KeptToken): Promise<Taken | undefined> {
    const kept = this.#kept;
    if (kept === undefined) return Promise.resolve(undefined);
    return kept.alone(async () => {
      const now = await kept.current(old);
      if (now === undefined) return undefined;
      // Another program has already renewed it.
      const isOther = now.tokens.accessToken !== old.tokens.accessToken;
      if (isOther && isFresh(now.tokens)) return taken(now);
      const tokens = await renew(now.origin, now.tokens, this.#context.signal);
      if (tokens === undefined) {
        await kept.forget(now);
        return undefined;
      }
      const renewed = { ...now, tokens };
      await kept.keep(renewed);
      return taken(renewed);
    });
  }

  async #anew(wish: ScopeWish): Promise<Taken> {
    const signedIn = await (this.#holder.machine ? this.#asMachine(wish) : this.#asPerson(wish));
    const kept = this.#kept;
    await kept?.alone(() => kept.keep({ ...signedIn, holder: this.#holder, asked: askedBy(wish) }));
    return taken(signedIn);
  }

  #asMachine(wish: ScopeWish): Promise<SignedIn> {
    return machineSignIn({
      server: new URL(this.endpoint),
      ...machineCredentials(this.#context, this.#options.clientId),
      // The scopes that clients request first are granted without being requested.
      scopes: wish.kind === 'all' || wish.scopes.length === 0 ? undefined : wish.scopes,
      expectedIssuer: this.#issuer,
      signal: this.#context.signal,
    });
  }

  async #asPerson(wish: ScopeWish): Promise<SignedIn> {
    // Messages for the person go to stderr, because stdout is for the token.
    const screen = { ...this.#context, stdout: this.#context.stderr as Context['stdout'] };
    const scopes = wish.kind === 'all' || wish.scopes.length === 0 ? undefined : wish.scopes.join(',');
    if (!isInteractive(screen))
      throw new UsageError('Somebody has to sign in, and there is nobody to ask.', {
        code: 'token/no-terminal',
        next: `in a terminal, once: ${commandFor(this.#options, scopes)}`,
      });
    const { visitFromTerminal } = await import('../../sign-in/terminal-visit.ts');
    const signedIn = await signIn({
      server: new URL(this.endpoint),
      scopes: ({ scopes, baseScopes }) => {
        if (wish.kind === 'all') return scopes;
        return wish.kind === 'exactly' ? wish.scopes : [...new Set([...baseScopes, ...wish.scopes])];
      },
      clientName: 'scalekit-mcp',
      clientId: this.#options.clientId,
      port: this.#port,
      stayConnected: this.#kept !== undefined,
      user: this.#options.as,
      visit: (visit) => visitFromTerminal(screen, visit, 'Cancelled. Nobody is signed in.'),
      signal: this.#context.signal,
    }).catch((error: unknown) => {
      throw withWayOut(error);
    });
    screen.stdout.write(`${describeSignIn(signedIn, this.#kept !== undefined)}\n`);
    return signedIn;
  }
}

/** If clients cannot register, a client that is already known there can be used. */
function withWayOut(error: unknown): unknown {
  if (!(error instanceof UserError) || !/dynamic client registration/.test(error.message)) return error;
  return new UserError(error.message, {
    code: 'sign-in/no-registration',
    next: 'give a client that is registered there, or the https URL of a client id metadata document: --client-id <id>',
    cause: error,
  });
}

function describeSignIn({ tokens }: SignedIn, isKept: boolean): string {
  const scopes = withoutOfflineAccess(tokens.scopes);
  const what = scopes.length > 0 ? `: ${printable(scopes.join(', '))}` : '';
  if (!isKept) return `✓ Signed in${what}`;
  const how =
    tokens.refreshToken === undefined ? 'kept until it expires' : 'kept, and renewed when it expires';
  return `✓ Signed in${what} (${how}; scalekit-mcp token --logout forgets it)`;
}

function describeLogout(endpoint: string, meant: readonly KeptToken[], revoked: number): string {
  const count = meant.length;
  if (count === 0) return `Nothing is kept for ${endpoint}.`;
  const forgotten = `Forgotten for ${endpoint}: ${count === 1 ? 'one token' : `${count} tokens`}.`;
  if (revoked === count) return `${forgotten} Withdrawn at the authorization server, too.`;
  return `${forgotten} The authorization server withdraws none for this client; who has copied it can use it until it expires.`;
}
