import type { VariableName } from './variables.ts';

/**
 * Other names of the same variables, in projects that follow another guide: FastMCP's, xmcp's, those of Scalekit's SDKs and of
 * its mcp-auth-demos (docs/scalekit.md#metadata-json).
 */
export const variableAliases: Readonly<Record<VariableName, readonly string[]>> = {
  PORT: [],
  SCALEKIT_ENVIRONMENT_URL: [
    'SCALEKIT_ENV_URL',
    'SK_ENV_URL',
    'FASTMCP_SERVER_AUTH_SCALEKITPROVIDER_ENVIRONMENT_URL',
  ],
  SCALEKIT_CLIENT_ID: ['SK_CLIENT_ID', 'FASTMCP_SERVER_AUTH_SCALEKITPROVIDER_CLIENT_ID'],
  SCALEKIT_RESOURCE_ID: [
    'MCP_SERVER_ID',
    'SCALEKIT_MCP_SERVER_ID',
    'SK_RESOURCE_ID',
    'FASTMCP_SERVER_AUTH_SCALEKITPROVIDER_RESOURCE_ID',
  ],
  MCP_URL: [
    'FASTMCP_SERVER_AUTH_SCALEKITPROVIDER_BASE_URL',
    'FASTMCP_SERVER_AUTH_SCALEKITPROVIDER_MCP_URL',
    'MCP_SERVER_URL',
    'MCP_BASE_URL',
    'SERVER_URL',
    'PUBLIC_URL',
    'BASE_URL',
  ],
};

/** Names under which projects keep several of the values at once, or one in another form. */
export const compoundVariables = {
  /** The whole "Metadata JSON" of the dashboard. */
  metadata: ['PROTECTED_RESOURCE_METADATA'],
  /** `{env}/resources/{res}`. */
  issuer: [
    'OAUTH_ISSUER',
    'OAUTH_AUTHORIZATION_SERVER',
    'OAUTH_ISSUER_URL',
    'AUTHORIZATION_SERVER',
    'AUTH_ISSUER',
  ],
  /** The resource id, or the Server URL. */
  audience: ['EXPECTED_AUDIENCE', 'OAUTH_AUDIENCE', 'OAUTH_RESOURCE'],
} as const;
