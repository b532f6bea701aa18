// Recognises tool calls in the form that nearly all clients send, without the SDK's schemas.
import type { IncomingHttpHeaders } from 'node:http';
import {
  type InboundClassificationOutcome,
  type MessageClassification,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { isVisible } from './param-headers.ts';

export const modernVersion = '2026-07-28';

type Message = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, unknown>>;

/** How the SDK classifies messages from before 2026-07-28, and those of that revision. */
export const legacy: MessageClassification = { era: 'legacy' };
const modern: MessageClassification = { era: 'modern', revision: modernVersion };

/** What 2026-07-28 names in a header. */
const named = new Set(['tools/call', 'resources/read', 'prompts/get']);

/** How many envelopes are remembered, and how long each may be: a client sends the same one with all its calls. */
const rememberedEnvelopes = 100;
const longestEnvelope = 1000;

/**
 * The SDK's `classifyInboundRequest` checks each message against the schema of everything that it could be, which costs as
 * much as the call itself. What is recognised here is classified as the SDK would; the rest is left to the SDK.
 */
export class PlainCalls {
  /** Envelopes that the SDK has accepted. They only show that an envelope is valid: a call is answered with its own. */
  readonly #envelopes = new Set<string>();

  /** @returns the classification of a call, or nothing if the SDK has to be asked. */
  recognise(message: Message, headers: IncomingHttpHeaders): MessageClassification | undefined {
    const params = paramsOfCall(message);
    if (params === undefined) return undefined;
    const { _meta: envelope } = params;
    if (envelope === undefined) return isLegacy(headers) ? legacy : undefined;
    return isModern('tools/call', params.name, headers) && this.#envelopes.has(JSON.stringify(envelope))
      ? modern
      : undefined;
  }

  /**
   * A request of 2026-07-28 that calls a tool, reads a resource or gets a prompt, and whose headers agree with its body, is
   * answered in half the time without web `Request` and `Response`. All others go to the SDK's own handler.
   * @param route what the SDK says of the message. A call with the same envelope is recognised the next time.
   * @returns the classification of such a call, else nothing.
   */
  learn(
    route: InboundClassificationOutcome,
    headers: IncomingHttpHeaders,
  ): MessageClassification | undefined {
    if (route.kind !== 'modern' || route.messageKind !== 'request') return undefined;
    const { method, params = {} } = route.message;
    const name = method === 'resources/read' ? params.uri : params.name;
    const isPlain =
      route.classification.revision === modernVersion && named.has(method) && isModern(method, name, headers);
    if (!isPlain) return undefined;
    // A client that asks for progress sends a different envelope with each call.
    const { _meta: envelope } = params;
    if (method === 'tools/call' && envelope?.progressToken === undefined)
      this.#remember(JSON.stringify(envelope));
    return modern;
  }

  #remember(envelope: string): void {
    if (envelope.length > longestEnvelope) return;
    if (this.#envelopes.size >= rememberedEnvelopes) this.#envelopes.clear();
    this.#envelopes.add(envelope);
  }
}

/** @returns the parameters of a `tools/call` that is a JSON-RPC request and nothing else. */
function paramsOfCall({ jsonrpc, id, method, params, ...more }: Message): Params | undefined {
  const isCall = jsonrpc === '2.0' && method === 'tools/call' && Object.keys(more).length === 0;
  const hasId = typeof id === 'string' || Number.isSafeInteger(id);
  const isObject = typeof params === 'object' && params !== null && !Array.isArray(params);
  return isCall && hasId && isObject ? (params as Params) : undefined;
}

function isLegacy(headers: IncomingHttpHeaders): boolean {
  const version = headers['mcp-protocol-version'];
  const isKnown = version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version));
  return isKnown && headers['mcp-method'] === undefined && headers['mcp-name'] === undefined;
}

function isModern(method: string, name: unknown, headers: IncomingHttpHeaders): boolean {
  return (
    headers['mcp-protocol-version'] === modernVersion &&
    headers['mcp-method'] === method &&
    headers['mcp-name'] === name &&
    isVisible(String(name))
  );
}
