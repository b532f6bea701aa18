import { startAuthorization } from '@modelcontextprotocol/client';
import { isUrl, openIdScopes } from '../../scalekit/index.ts';
import { isAnswer, type Loopback } from '../../sign-in/loopback.ts';
import type { Visit } from '../../sign-in/visit.ts';
import { UserError } from '../../terminal/errors.ts';
import { ask, post, type Seen } from './http.ts';
import type { Asking, Registered } from './questions.ts';

function readPasted(address: string, { state }: Loopback): URLSearchParams | string {
  const text = address.trim();
  const parameters = isUrl(text) ? new URL(text).searchParams : undefined;
  return parameters !== undefined && isAnswer(parameters, state)
    ? parameters
    : 'This address carries no answer to this sign-in';
}

/** All of the server's scopes and all of OpenID's: which of them come back is one of the questions. */
async function everyScope({ urls, signal }: Asking): Promise<string> {
  const inserted = await ask(signal, urls.metadata);
  const { body } = inserted.status === 200 ? inserted : await ask(signal, urls.metadataAppended);
  const { scopes_supported: own } = body;
  return [...(Array.isArray(own) ? own.map(String) : []), ...openIdScopes].join(' ');
}

/**
 * Has a person sign in.
 * @returns the token answer, as it came.
 * @throws UserError if the person denies, or the code is refused; what aborted the signal.
 */
export async function tokenOfPerson(
  about: Asking,
  client: Registered,
  loopback: Loopback,
  visit: (visit: Visit) => Promise<URLSearchParams>,
): Promise<Seen['body']> {
  const { urls, signal } = about;
  const { authorizationUrl, codeVerifier } = await startAuthorization(urls.issuer, {
    clientInformation: { client_id: client.clientId },
    metadata: {
      issuer: urls.issuer,
      authorization_endpoint: urls.authorization,
      token_endpoint: urls.token,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
    },
    redirectUrl: loopback.redirectUrl,
    state: loopback.state,
    scope: await everyScope(about),
  });
  const callback = await visit({
    url: authorizationUrl,
    redirectUrl: loopback.redirectUrl,
    answered: loopback.answered,
    readPasted: (address) => readPasted(address, loopback),
  });
  signal.throwIfAborted();
  const code = callback.get('code');
  if (code === null) throw new UserError('The sign-in was denied, or refused.', { code: 'sign-in/refused' });
  const { status, body } = await post(signal, urls.token, {
    grant_type: 'authorization_code',
    code,
    code_verifier: codeVerifier,
    redirect_uri: loopback.redirectUrl,
    client_id: client.clientId,
  });
  if (typeof body.access_token === 'string') return body;
  throw new UserError(`The code of the sign-in was refused: ${status}.`, { code: 'sign-in/refused' });
}
