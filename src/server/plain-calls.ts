// Tool calls as nearly all clients send them, told from everything else without the SDK's schemas.
import type { IncomingHttpHeaders } from 'node:http';
import {
  type InboundClassificationOutcome,
  type MessageClassification,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';

export const modernVersion = '2026-07-28';

type Message = Readonly<Record<string, unknown>>;
type Params = Readonly<Record<string, unknown>>;
type ModernRoute = Extract<InboundClassificationOutcome, { kind: 'modern' }>;

/** So many envelopes are remembered, of so many characters each: a client sends the same one with all its calls. */
const rememberedEnvelopes = 100;
const longestEnvelope = 1000;

/**
 * The SDK's `classifyInboundRequest` holds each message against the schemas of all the things that it may be, which costs as
 * much as the call itself. What is recognised here is classified as the SDK would; for the rest it is asked.
 */
export class PlainCalls {
  readonly #envelopes = new Map<string, MessageClassification>();

  /**
   * @returns for a call of 2026-07-28 its classification, for one of before `'legacy'`, and nothing where the SDK has to
   * be asked.
   */
  recognise(message: Message, headers: IncomingHttpHeaders): MessageClassification | 'legacy' | undefined {
    const params = paramsOfCall(message);
    if (params === undefined) return undefined;
    const { _meta: envelope } = params;
    if (envelope === undefined) return isLegacy(headers) ? 'legacy' : undefined;
    return isModern(params, headers) ? this.#envelopes.get(JSON.stringify(envelope)) : undefined;
  }

  /**
   * Whether this is a tool call of 2026-07-28 whose headers say exactly what its body says: they are answered in half the
   * time without web `Request` and `Response`. All others go to the SDK's own handler.
   * @param route what the SDK says of the message. A call is recognised the next time.
   */
  isModernCall(route: InboundClassificationOutcome, headers: IncomingHttpHeaders): route is ModernRoute {
    if (route.kind !== 'modern' || route.messageKind !== 'request') return false;
    const { message, classification } = route;
    const { params = {} } = message;
    const isPlain =
      classification.revision === modernVersion &&
      message.method === 'tools/call' &&
      isModern(params, headers);
    const { _meta: envelope } = params;
    if (isPlain) this.#remember(JSON.stringify(envelope), classification);
    return isPlain;
  }

  #remember(envelope: string, classification: MessageClassification): void {
    if (envelope.length > longestEnvelope) return;
    if (this.#envelopes.size >= rememberedEnvelopes) this.#envelopes.clear();
    this.#envelopes.set(envelope, classification);
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

function isModern(params: Params, headers: IncomingHttpHeaders): boolean {
  return (
    headers['mcp-protocol-version'] === modernVersion &&
    headers['mcp-method'] === 'tools/call' &&
    headers['mcp-name'] === params.name
  );
}
