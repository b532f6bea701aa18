/* oxlint-disable no-underscore-dangle -- the hook's name is the SDK's */
// The SDK's server, except that parameters which do not fit are the client's error, and are named in a sentence.
import {
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
  type Result,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/** One thing that zod has found wrong. */
interface Issue {
  readonly path: ReadonlyArray<string | number>;
  readonly message: string;
}

/** How many of them an answer names. */
const mostNamed = 3;

/**
 * For parameters that do not fit a method's schema, the SDK throws an error without a code, whose message is zod's list of issues
 * in JSON. It would be answered as an internal error (-32603); MCP has -32602 for it.
 */
export class StrictServer extends Server {
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped = super._wrapHandler(method, handler);
    return async (request, context) => {
      try {
        return await wrapped(request, context);
      } catch (error) {
        const issues = issuesOf(error);
        if (issues === undefined) throw error;
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Invalid parameters: ${said(issues)}`);
      }
    };
  }
}

/** @returns nothing for any other error. */
function issuesOf(error: unknown): readonly Issue[] | undefined {
  const [, list] = /^(?:Invalid \S+ request: )?(\[[\s\S]*\])$/.exec((error as Error).message ?? '') ?? [];
  if (list === undefined) return undefined;
  try {
    return JSON.parse(list) as readonly Issue[];
  } catch {
    return undefined;
  }
}

function said(issues: readonly Issue[]): string {
  const named = issues.slice(0, mostNamed).map(({ path, message }) => {
    // The first step is `params`.
    const where = path.slice(1).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  return named.join('; ');
}
