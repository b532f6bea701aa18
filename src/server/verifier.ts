// The verifier that the official SDK's `requireBearerAuth` takes, of both its versions.
import type { AuthInfo } from './auth-info.ts';
import { InvalidToken } from './invalid-token.ts';

/** What `requireBearerAuth` of the official SDK takes as `verifier`. */
export interface AccessTokenVerifier<Scope extends string = string> {
  /**
   * Verifies a token.
   * @throws the SDK's own error for a bad token, which it answers with 401; anything else it answers with 500.
   */
  verifyAccessToken(token: string): Promise<AuthInfo<Scope>>;
}

/** What is needed of SDK 1: its error, by whose class its middleware tells a bad token from an error of the server's. */
interface PreviousErrors {
  readonly InvalidTokenError: new (message: string) => Error;
}

/** Not written into the import, because a bundler would look for it in projects that have SDK 2 alone. */
const previousErrors = '@modelcontextprotocol/sdk/server/auth/errors.js';

/** @returns a verifier that says in the SDK's words why a token is bad. */
export function createVerifier<Scope extends string>(
  verify: (token: string) => Promise<AuthInfo<Scope>>,
): AccessTokenVerifier<Scope> {
  return {
    async verifyAccessToken(token) {
      try {
        return await verify(token);
      } catch (error) {
        throw error instanceof InvalidToken ? await errorOfSdk(error.message) : error;
      }
    },
  };
}

/**
 * SDK 2 knows its error by a mark on it, whichever copy of the SDK it is of; SDK 1 by its class. Where both are installed,
 * this is one for both.
 */
async function errorOfSdk(message: string): Promise<Error> {
  const { OAuthError, OAuthErrorCode } = await import('@modelcontextprotocol/server');
  const current = new OAuthError(OAuthErrorCode.InvalidToken, message);
  const previous = await import(previousErrors).then(
    (errors: PreviousErrors) => errors,
    () => undefined,
  );
  if (previous === undefined) return current;
  return Object.defineProperties(
    new previous.InvalidTokenError(message),
    Object.getOwnPropertyDescriptors(current),
  );
}
