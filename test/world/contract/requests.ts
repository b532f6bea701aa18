import type { Answer, Sent } from '../../../src/server/testing/index.ts';
import { send } from '../../../src/server/testing/index.ts';
import type { Ground } from '../../security/server.ts';
import { envelope } from '../../support/messages.ts';

/** How a generation of the protocol writes a call. */
export interface Era {
  readonly version: string;
  call(method: string, params?: Readonly<Record<string, unknown>>): Sent;
}

const accept = 'application/json, text/event-stream';

const earlier = (version: string): Era => ({
  version,
  call: (method, params) => ({
    headers: { accept, 'mcp-protocol-version': version },
    body: { jsonrpc: '2.0', id: 1, method, params },
  }),
});

const stateless: Era = {
  version: '2026-07-28',
  call: (method, params = {}) => ({
    headers: {
      accept,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof params.name === 'string' && { 'mcp-name': params.name }),
    },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        ...params,
        _meta: envelope,
      },
    },
  }),
};

/** The protocol versions that today's clients speak. */
export const eras: readonly Era[] = [earlier('2025-06-18'), earlier('2025-11-25'), stateless];

/** Sends a request of an era to the endpoint. */
export function ask(
  { server }: Ground,
  era: Era,
  method: string,
  params: Readonly<Record<string, unknown>>,
  token?: string,
): Promise<Answer> {
  return send(server.endpoint, { ...era.call(method, params), ...(token !== undefined && { token }) });
}

/** Calls a tool. */
export function callTool(
  ground: Ground,
  token: string | undefined,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  era: Era = stateless,
): Promise<Answer> {
  return ask(ground, era, 'tools/call', { name, arguments: args }, token);
}

/** @returns the parameters of a `WWW-Authenticate: Bearer …` header (RFC 6750 section 3). */
export function challengeOf(answer: Answer): Readonly<Record<string, string>> {
  const header = answer.headers['www-authenticate'] ?? '';
  const pairs = [...header.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
}

/** @returns the scopes of a challenge. */
export function scopesOf(answer: Answer): readonly string[] {
  return (challengeOf(answer).scope ?? '').split(' ').filter((scope) => scope !== '');
}
