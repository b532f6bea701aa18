// Most tool calls do not need the SDK's server. It would make a server and a connection for each call, and check
// request and result against its schemas several times, which takes as long as everything else together.
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type Implementation,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SERVER_INFO_META_KEY,
} from '@modelcontextprotocol/server';
import type { McpRequest } from './mcp-request.ts';
import type { RequestContext } from './request-context.ts';
import { asksBySession } from './session.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a call's parameters may hold. Others (`task`, `inputResponses`, …) are for the SDK. */
const ownParams = new Set(['name', 'arguments', '_meta']);
/** What the SDK takes out of `_meta` before it hands a request on. With anything else there, it has more to do. */
const envelopeKeys = new Set([
  PROTOCOL_VERSION_META_KEY,
  CLIENT_INFO_META_KEY,
  CLIENT_CAPABILITIES_META_KEY,
  LOG_LEVEL_META_KEY,
]);

/** A call whose parameters the SDK would hand on just as they are. */
export interface DirectCall {
  readonly name: string;
  readonly arguments: Fields | undefined;
  /** The envelope of 2026-07-28; the caller has checked it. */
  readonly envelope: Fields | undefined;
}

/**
 * @param request a `tools/call` that is a JSON-RPC request and nothing else (`PlainCalls`).
 * @returns the call, or nothing if the SDK's server has to answer: the parameters are wrong or hold more than
 *   name and arguments, or the client may be asked something while the call runs.
 */
export function directCallOf({ message, headers }: McpRequest): DirectCall | undefined {
  const params = message.params as Fields;
  for (const key in params) if (!ownParams.has(key)) return undefined;
  const { name, arguments: args, _meta: envelope } = params;
  if (typeof name !== 'string' || !isFields(args) || !isFields(envelope)) return undefined;
  for (const key in envelope) if (!envelopeKeys.has(key)) return undefined;
  // The SDK drops this member, so that it cannot become an object's prototype.
  if (args !== undefined && Object.hasOwn(args, '__proto__')) return undefined;
  if (envelope === undefined && asksBySession(headers['mcp-session-id'])) return undefined;
  return { name, arguments: args, envelope };
}

function isFields(value: unknown): value is Fields | undefined {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

type OwnRequest = RequestContext['mcpReq'];

/** @returns the context of such a call: it has no progress to report, no earlier round and nobody to ask. */
export function directContext(request: McpRequest, { envelope }: DirectCall): RequestContext {
  return { mcpReq: new DirectRequest(request, envelope) };
}

class DirectRequest implements OwnRequest {
  readonly envelope: OwnRequest['envelope'] & {};
  readonly #request: McpRequest;
  #signal: AbortSignal | undefined;

  constructor(request: McpRequest, envelope: Fields | undefined) {
    this.#request = request;
    this.envelope = envelope as OwnRequest['envelope'] & {};
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#untilHangUp();
    return this.#signal;
  }

  requestState(): undefined {
    return undefined;
  }

  async notify(): Promise<void> {}

  send(): never {
    throw new TypeError('This client cannot be asked while a call runs');
  }

  #untilHangUp(): AbortSignal {
    const hangUp = new AbortController();
    const reason = new SdkError(SdkErrorCode.ConnectionClosed, 'Connection closed');
    this.#request.onHangUp(() => hangUp.abort(reason));
    return hangUp.signal;
  }
}

/** Writes the outcome of a call as the SDK's server would. */
export class DirectAnswers {
  readonly #meta: object;

  /** @param serverInfo what results of 2026-07-28 say about the server. */
  constructor(serverInfo: Implementation) {
    this.#meta = { [SERVER_INFO_META_KEY]: serverInfo };
  }

  /** @returns nothing if the SDK has to look at the result: it holds more than text and structured data. */
  ofResult(request: McpRequest, { envelope }: DirectCall, result: object): string | undefined {
    if (!isPlain(result as Fields)) return undefined;
    const said = envelope === undefined ? result : { ...result, resultType: 'complete', _meta: this.#meta };
    return JSON.stringify({ result: said, jsonrpc: '2.0', id: request.message.id });
  }

  ofError(request: McpRequest, thrown: unknown): string {
    const { code, message, data } = thrown as { code?: unknown; message?: string; data?: unknown };
    const error = {
      code: Number.isSafeInteger(code) ? code : ProtocolErrorCode.InternalError,
      message: message ?? 'Internal error',
      data,
    };
    return JSON.stringify({ jsonrpc: '2.0', id: request.message.id, error });
  }
}

const plainResult = new Set(['content', 'structuredContent', 'isError']);

/** Whether a result is certainly valid: its structured data has passed the tool's schema, and the rest is text. */
function isPlain(result: Fields): boolean {
  for (const key in result) if (!plainResult.has(key)) return false;
  return (result.content as readonly Fields[]).every(
    (block) => block.type === 'text' && typeof block.text === 'string' && Object.keys(block).length === 2,
  );
}
