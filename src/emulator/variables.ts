import {
  defaultPort,
  isLoopback,
  localIdentifiers,
  portOf,
  type Variables,
  variableNames,
} from '../scalekit/index.ts';
import type { Settings } from './settings.ts';

/** @returns the variables that point a server at this emulator. A server behind a proxy keeps the default port. */
export function variablesOf(settings: Pick<Settings, 'url' | 'resourceId' | 'mcpUrl'>): Variables {
  const mcpUrl = new URL(settings.mcpUrl);
  return {
    PORT: String(isLoopback(mcpUrl) ? portOf(mcpUrl) : defaultPort),
    SCALEKIT_ENVIRONMENT_URL: settings.url,
    SCALEKIT_CLIENT_ID: localIdentifiers.clientId,
    SCALEKIT_RESOURCE_ID: settings.resourceId,
    MCP_URL: settings.mcpUrl,
  };
}

/** @returns the same as lines of `.env`, in the order of `variableNames`. */
export function envLines(settings: Parameters<typeof variablesOf>[0]): readonly string[] {
  const variables = variablesOf(settings);
  return variableNames.map((name) => `${name}=${variables[name]}`);
}
