// What a client of 2026-07-28 carries from one round of a call to the next (`requestState`): the answers so far.
import { randomBytes } from 'node:crypto';
import {
  createRequestStateCodec,
  ProtocolError,
  ProtocolErrorCode,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { McpRequest } from './mcp-request.ts';
import type { Answers } from './questions.ts';

/** A person who takes longer has to start again. */
const lifetime = 600;

/**
 * Signed, and bound to the user, the client, and what is called with which arguments, so an answer for one call is not valid for
 * another. Not encrypted: the client knows what it has answered.
 */
export class CarriedState {
  readonly #codec: RequestStateCodec<Answers>;

  /** @param secret the same in all processes of a server; without one, only this process accepts its own states. */
  constructor(secret: string | undefined) {
    this.#codec = createRequestStateCodec<Answers>({
      key: secret ?? randomBytes(32),
      ttlSeconds: lifetime,
      bind: (context) => bindingOf(context as unknown as McpRequest),
    });
  }

  async write(answers: Answers, request: McpRequest): Promise<string> {
    return await this.#codec.mint(answers, request as unknown as ServerContext);
  }

  /** @param state as the client sent it. @throws ProtocolError if we did not issue it for this call, or too long ago. */
  async read(state: unknown, request: McpRequest): Promise<Answers> {
    try {
      return await this.#codec.verify(String(state), request as unknown as ServerContext);
    } catch {
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        'requestState is not for this call, or too old',
        {
          reason: 'invalid_request_state',
        },
      );
    }
  }
}

function bindingOf({ access, message }: McpRequest): string {
  const { id, clientId } = access?.user ?? {};
  const { name, uri, arguments: args } = message.params as Readonly<Record<string, unknown>>;
  return JSON.stringify([id, clientId, message.method, name, uri, args]);
}
