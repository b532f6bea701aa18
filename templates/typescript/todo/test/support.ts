// Starts this server together with a local Scalekit, in this process, on free ports: no network, no account.
import { startEmulator } from 'scalekit-mcp/emulator';
import { freeMcpUrl, startServer as start } from 'scalekit-mcp-server/testing';
import { scopes } from '../src/scopes.ts';
import { tools } from '../src/tools/index.ts';
import { newStore } from './store.ts';

/** @param todos the store of its tools. */
export async function startServer(todos = newStore()) {
  const mcpUrl = await freeMcpUrl();
  const scalekit = await startEmulator({ mcpUrl, scopes: scopes.names, autoApprove: true });
  return await start({ scalekit, scopes, tools, services: { todos } });
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;
