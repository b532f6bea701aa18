// A request as the SDK knows it, and the ways in which what it asks for is refused.
import {
  type CallToolResult,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import type { McpRequest } from './mcp-request.ts';
import type { CannotAsk } from './questions.ts';
import { Refusal } from './refusal.ts';
import type { RequestContext } from './request-context.ts';
import { errorResult } from './tool.ts';

/** The SDK has no name for it (MCP 2026-07-28, `HeaderMismatch`). */
const headerMismatchCode = -32_020;

/** A request, and what the SDK knows of it. */
export class Exchange {
  readonly request: McpRequest;
  readonly context: RequestContext;

  constructor(request: McpRequest, context: RequestContext) {
    this.request = request;
    this.context = context;
  }

  get isModern(): boolean {
    return this.context.mcpReq.envelope !== undefined;
  }
}

/** The answer's body says it in JSON-RPC; HTTP says it as well, by what is kept in the request. */
export function throwRefusal(refusal: Refusal | undefined, request: McpRequest): void {
  if (refusal === undefined) return;
  request.refusal = refusal;
  const { code, message, reason } = refusal;
  throw new ProtocolError(code, message, { reason, requestId: request.id });
}

/** @throws ProtocolError with HTTP 400, as for the headers that every request has (docs/mcp.md#what-a-resource-server-must-do). */
export function checkHeaders(mismatch: string | undefined, { request }: Exchange): void {
  if (mismatch !== undefined) throwRefusal(headerMismatch(mismatch), request);
}

/** @param what does not fit, in a sentence. */
export function headerMismatch(what: string): Refusal {
  return new Refusal(400, 'header_mismatch', what, { code: headerMismatchCode });
}

/** 2026-07-28 has an error for it, and a status; before, a tool can only say so. @throws ProtocolError */
export function cannotAsk({ message }: CannotAsk, { request, isModern }: Exchange): CallToolResult {
  if (!isModern && request.message.method === 'tools/call') return errorResult(message);
  if (!isModern) throw new ProtocolError(ProtocolErrorCode.InvalidParams, message);
  const code = ProtocolErrorCode.MissingRequiredClientCapability;
  request.refusal = new Refusal(400, 'client_capability', message, { code });
  throw new MissingRequiredClientCapabilityError(
    { requiredCapabilities: { elicitation: { form: {} } } },
    message,
  );
}

export function notFound(uri: string): ResourceNotFoundError {
  return new ResourceNotFoundError(uri, 'There is no such resource');
}
