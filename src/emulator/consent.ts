import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { sendError } from './answers.ts';
import type { Settings } from './settings.ts';

/** The pages that a person sees. */
export interface Consent {
  /** Shows the page that asks who one is and what the client may do. */
  ask(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes the person's answer and sends the browser on. */
  decide(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** What somebody sees who opens the environment URL. */
  welcome(response: ServerResponse): void;
}

export function makeConsent(_settings: Settings, _provider: () => Provider): Consent {
  return {
    ask: async (_request, response) => sendError(response, 501, 'not_implemented', 'no consent page yet'),
    decide: async (_request, response) => sendError(response, 501, 'not_implemented', 'no consent page yet'),
    welcome: (response) => sendError(response, 501, 'not_implemented', 'no page yet'),
  };
}
