import type { ProbeResult } from './probe.ts';

/** @returns how clients can make themselves known, by RFC 8414 metadata: RFC 7591, and client id metadata documents. */
export function waysToRegister(metadata: Readonly<Record<string, unknown>>): {
  readonly dynamic: boolean;
  readonly documents: boolean;
} {
  return {
    dynamic: typeof metadata.registration_endpoint === 'string',
    documents: metadata.client_id_metadata_document_supported === true,
  };
}

function wordsOf(answer: ProbeResult): string {
  if (!answer.answered) return '';
  const { body, headers } = answer;
  const said = body.kind === 'json' ? JSON.stringify(body.value) : body.kind === 'empty' ? '' : body.excerpt;
  return `${said} ${headers.location ?? ''}`.toLowerCase();
}

/**
 * @param answer of the authorization endpoint to a client that wants its user to sign in.
 * @returns what is wrong with the client's registration: the client is unknown, or its redirect URI is.
 */
export function registrationProblem(answer: ProbeResult): 'client' | 'redirect' | undefined {
  if (!answer.answered || answer.status >= 500) return undefined;
  const words = wordsOf(answer);
  const isRefused = answer.status >= 400 || /[?&]error=/.test(words);
  if (!isRefused) return undefined;
  if (/redirect_?\s?uri/.test(words)) return 'redirect';
  return /invalid_client|unauthorized_client|client/.test(words) ? 'client' : undefined;
}
