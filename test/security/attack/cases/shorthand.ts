import type { Forgery, Parameters } from '../forge.ts';
import type { AttackCase, Expectation, Kit, Need } from '../types.ts';

/** A bad token of any kind (RFC 6750 §3.1). */
export const invalidToken: Expectation = { status: 401, challenge: 'invalid_token' };

/** No token (RFC 6750 §3: no error code when no authentication information was sent). */
export const noToken: Expectation = { status: 401, challenge: 'no error' };

/** The call of the tool ran. */
export const ran: Expectation = { status: 200, call: 'ran' };

/** The tool or the protocol said no, in its own terms. */
export const toolError: Expectation = { status: 200, call: 'refused' };

/** Not for this server, or malformed: refused with any suitable HTTP status, never executed. */
export const anyRefusal: Expectation = { status: [400, 401, 403, 404, 405, 0] };

export interface TokenCase {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly token: (kit: Kit) => string;
  readonly needs?: Need;
  readonly expect?: Expectation;
  readonly oracleDiffers?: string;
}

/** A case that consists only of its token. */
export function tokenCase({ token, ...rest }: TokenCase): AttackCase {
  return {
    needs: 'nothing',
    expect: invalidToken,
    ...rest,
    attack: (kit) => ({ token: token(kit) }),
  };
}

/** A token signed by the authorization server's own key, with these claims changed. */
export function claimsCase(
  id: string,
  title: string,
  source: string,
  claims: Parameters | ((kit: Kit) => Parameters),
  rest: Partial<Pick<AttackCase, 'expect' | 'oracleDiffers'>> = {},
): AttackCase {
  return {
    ...signedCase(id, title, source, (kit) => ({
      claims: typeof claims === 'function' ? claims(kit) : claims,
    })),
    ...rest,
  };
}

/** A token signed by the authorization server's own key. */
export function signedCase(
  id: string,
  title: string,
  source: string,
  forgery: (kit: Kit) => Forgery,
  rest: Partial<Pick<AttackCase, 'expect' | 'oracleDiffers'>> = {},
): AttackCase {
  return {
    id,
    title,
    source,
    needs: 'key',
    attack: (kit) => ({ token: kit.forge.token(forgery(kit)) }),
    expect: invalidToken,
    ...rest,
  };
}

/** @returns a text for a case's id: lower case, words joined by hyphens. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
