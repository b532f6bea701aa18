/**
 * What tests of a protected server start from. It needs a running local Scalekit, which
 * `startEmulator` of `scalekit-mcp/emulator` starts.
 */
export { type Denial, type Denied, denials } from './denials.ts';
export { type Answer, listTools, type Sent, send } from './send.ts';
export {
  type CallOptions,
  challengeOf,
  freeMcpUrl,
  type LocalScalekit,
  type Outcome,
  type PromptAnswer,
  type ResourceAnswer,
  type StartOptions,
  startServer,
  type TestServer,
  type TokenOptions,
  type ToolAnswer,
} from './server.ts';
export { SignIn } from './sign-in.ts';
