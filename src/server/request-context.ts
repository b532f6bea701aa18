// The part of the SDK's request context that we use. Calls answered without the SDK's server get a context of our own.
import type { ServerContext } from '@modelcontextprotocol/server';

export interface RequestContext {
  readonly mcpReq: Pick<
    ServerContext['mcpReq'],
    '_meta' | 'envelope' | 'inputResponses' | 'notify' | 'requestState' | 'send' | 'signal'
  >;
}
