import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemCode, UserError } from '../terminal/errors.ts';

/** Where the browser returns after a sign-in (RFC 8252, section 7.3), while it is open. */
export interface Loopback {
  readonly redirectUrl: string;
  /** What the authorization server has to return with the answer, so that only its answer is accepted. */
  readonly state: string;
  /** Resolves with the parameters that the browser brought; never rejects. */
  readonly answered: Promise<URLSearchParams>;
  close(): void;
}

const path = '/callback';

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
} as const;

/** A page with one message. The texts are ours: nothing from a request is shown. */
function page(title: string, text: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/**
 * @returns whether parameters answer this sign-in: they have its state, and a code or an error (RFC 6749,
 *   sections 4.1.2 and 4.1.2.1).
 */
export function isAnswer(parameters: URLSearchParams, state: string): boolean {
  return same(parameters.get('state') ?? '', state) && (parameters.has('code') || parameters.has('error'));
}

/** Shows the browser a page. @returns the parameters of the answer to this sign-in; undefined for any other request. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: string,
): URLSearchParams | undefined {
  const show = (status: number, title: string, text: string) =>
    response.writeHead(status, headers).end(page(title, text));
  // Any page in the browser can send a request here, with a target that is not a URL.
  const [target, query] = (request.url ?? '').split('?', 2);
  if (request.method !== 'GET' || target !== path) {
    show(404, 'Nothing is here', 'This address waits for a sign-in.');
    return undefined;
  }
  const parameters = new URLSearchParams(query);
  if (!isAnswer(parameters, state)) {
    show(400, 'Not this sign-in', 'This answer belongs to another sign-in. Go back to the terminal.');
    return undefined;
  }
  if (parameters.has('error')) show(200, 'Not signed in', 'Go back to the terminal: it says why.');
  else show(200, 'Signed in', 'You can close this page and go back to the terminal.');
  return parameters;
}

/**
 * Waits on a port of this machine for one browser. The caller has to close it.
 * @param port default: any that is free.
 * @throws UserError if the port is taken.
 */
export async function openLoopback(port = 0): Promise<Loopback> {
  const state = randomBytes(24).toString('base64url');
  let take: (parameters: URLSearchParams) => void = () => {};
  const answered = new Promise<URLSearchParams>((resolve) => {
    take = resolve;
  });
  const server = createServer((request, response) => {
    const parameters = answer(request, response, state);
    if (parameters !== undefined) take(parameters);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw new UserError(
      `The browser cannot come back to port ${port}: ${systemCode(error) ?? 'it is taken'}`,
      {
        code: 'sign-in/port',
        next: 'stop the program that has it, or give another --callback-port',
      },
    );
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the loopback server has no port');
  return {
    redirectUrl: `http://127.0.0.1:${address.port}${path}`,
    state,
    answered,
    close: () => {
      server.close();
      server.closeIdleConnections();
    },
  };
}
