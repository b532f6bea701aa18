// What is looked at of the SDK's context of a request. Calls that are answered without the SDK's server have one of ours.
import type { ServerContext } from '@modelcontextprotocol/server';

export interface RequestContext {
  readonly mcpReq: Pick<
    ServerContext['mcpReq'],
    '_meta' | 'envelope' | 'inputResponses' | 'notify' | 'requestState' | 'send' | 'signal'
  >;
}
