import type * as oauth from 'oauth4webapi';
import { expect } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import {
  answerConsent,
  authorizationRequest,
  Browser,
  discover,
  exchange,
  Form,
  locationOf,
  type Request,
  redirectUri,
  register,
} from './walk.ts';

/** A person on the consent page. */
export interface Visit {
  readonly server: oauth.AuthorizationServer;
  readonly browser: Browser;
  readonly client: oauth.Client;
  readonly request: Request;
  readonly form: Form;
}

/** Sends a person to the consent page. */
export async function visit(
  emulator: Emulator,
  parameters: Record<string, string | undefined> = {},
  metadata: Partial<oauth.Client> = {},
  browser: Browser = new Browser(),
): Promise<Visit> {
  const server = await discover(emulator);
  const client = await register(server, metadata);
  const [first = redirectUri] = client.redirect_uris as string[];
  const request = await authorizationRequest(emulator, server, client.client_id, {
    redirect_uri: first,
    ...parameters,
  });
  const page = locationOf(await browser.open(request.url));
  expect(page.pathname).toMatch(/^\/consent\//);
  const response = await browser.open(page);
  expect(response.status).toBe(200);
  return { server, browser, client, request, form: await Form.of(response) };
}

/** Presses a button, and follows the way back to the client. */
export const answer = ({ browser, form }: Visit, decision: 'allow' | 'deny') =>
  answerConsent(browser, form, decision);

export async function allow(visited: Visit): Promise<oauth.TokenEndpointResponse> {
  return exchange(visited.server, visited.client, visited.request, await answer(visited, 'allow'));
}
