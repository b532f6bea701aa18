// Starts this server together with a local Scalekit, in this process, on free ports: no network, no account.
import { startEmulator } from 'scalekit-mcp/emulator';
import { freeMcpUrl, startServer as start } from 'scalekit-mcp-server/testing';
import { scopes } from '../src/scopes.ts';
import { tools } from '../src/tools/index.ts';

export async function startServer() {
  const mcpUrl = await freeMcpUrl();
  const scalekit = await startEmulator({ mcpUrl, scopes: scopes.names, autoApprove: true });
  return await start({ scalekit, scopes, tools });
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;
