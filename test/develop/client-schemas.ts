import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ClientId } from '../../src/project/clients/client.ts';

/**
 * What clients publish about the servers in their files: the essential part of each schema, with its source and licence. A
 * client that publishes none is tried itself (test/world/connect.test.ts), or there is only its documentation.
 */

const text = { type: 'string' };
const flag = { type: 'boolean' };
const texts = { type: 'array', items: text };
const map = { type: 'object', additionalProperties: text };

/** microsoft/vscode (MIT), src/vs/workbench/contrib/mcp/common/mcpConfiguration.ts, `mcpServerSchema`. */
const vscode = {
  type: 'object',
  additionalProperties: false,
  properties: {
    inputs: { type: 'array' },
    servers: {
      additionalProperties: {
        oneOf: [
          {
            type: 'object',
            additionalProperties: false,
            properties: {
              type: { enum: ['stdio'] },
              command: text,
              cwd: text,
              args: texts,
              envFile: text,
              env: { additionalProperties: { type: ['null', 'string', 'number'] } },
              dev: { type: 'object' },
            },
          },
          {
            type: 'object',
            additionalProperties: false,
            required: ['url'],
            properties: {
              type: { enum: ['http', 'sse'] },
              url: { type: 'string', pattern: '^https?:\\/\\/.+' },
              headers: map,
              oauth: {
                type: 'object',
                additionalProperties: false,
                minProperties: 1,
                properties: { clientId: { type: 'string', minLength: 1 }, enterpriseManaged: flag },
              },
              dev: { type: 'object' },
            },
          },
        ],
      },
    },
  },
};

/** google-gemini/gemini-cli (Apache-2.0), schemas/settings.schema.json at 5411f11, `MCPServerConfig`. */
const gemini = {
  type: 'object',
  properties: {
    mcpServers: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          command: text,
          args: texts,
          env: map,
          cwd: text,
          url: text,
          httpUrl: text,
          headers: map,
          tcp: text,
          type: { enum: ['stdio', 'sse', 'http'] },
          timeout: { type: 'number' },
          trust: flag,
          description: text,
          includeTools: texts,
          excludeTools: texts,
          extension: { type: 'object' },
          // The properties of `oauth` are those of `MCPOAuthConfig`, packages/core/src/mcp/oauth-provider.ts.
          oauth: {
            type: 'object',
            additionalProperties: false,
            properties: {
              enabled: flag,
              clientId: text,
              clientSecret: text,
              authorizationUrl: text,
              issuer: text,
              tokenUrl: text,
              scopes: texts,
              audiences: texts,
              redirectUri: text,
              tokenParamName: text,
              registrationUrl: text,
            },
          },
          authProviderType: text,
          targetAudience: text,
          targetServiceAccount: text,
        },
      },
    },
  },
};

/** openai/codex (Apache-2.0), codex-rs/core/config.schema.json at 000c857, `RawMcpServerConfig`. */
const codex = {
  type: 'object',
  properties: {
    mcp_servers: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          ...Object.fromEntries(
            ['args', 'disabled_tools', 'enabled_tools', 'scopes'].map((name) => [name, texts]),
          ),
          ...Object.fromEntries(
            ['bearer_token_env_var', 'command', 'cwd', 'name', 'oauth_resource', 'url'].map((name) => [
              name,
              text,
            ]),
          ),
          ...Object.fromEntries(['enabled', 'required'].map((name) => [name, flag])),
          ...Object.fromEntries(['env', 'env_http_headers', 'http_headers'].map((name) => [name, map])),
          oauth: { type: 'object', additionalProperties: false, properties: { client_id: text } },
          startup_timeout_sec: { type: 'number' },
          tool_timeout_sec: { type: 'number' },
          tools: { type: 'object' },
        },
      },
    },
  },
};

/** anomalyco/opencode (MIT), packages/opencode/src/config/mcp.ts at 11072ad, published as https://opencode.ai/config.json. */
const opencode = {
  type: 'object',
  properties: {
    $schema: text,
    mcp: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['type', 'url'],
        properties: {
          type: { const: 'remote' },
          url: text,
          enabled: flag,
          headers: map,
          oauth: {
            anyOf: [
              { const: false },
              {
                type: 'object',
                additionalProperties: false,
                properties: {
                  clientId: text,
                  clientSecret: text,
                  scope: text,
                  redirectUri: text,
                  authorizationEndpoint: text,
                  tokenEndpoint: text,
                },
              },
            ],
          },
          timeout: { type: 'integer', exclusiveMinimum: 0 },
        },
      },
    },
  },
};

const ajv = new Ajv2020({ strict: false, allErrors: true });

const schemas = { vscode, gemini, codex, opencode } as const satisfies Partial<Record<ClientId, object>>;

/** The clients that publish a schema. */
export const clientsWithSchema = Object.keys(schemas) as ReadonlyArray<keyof typeof schemas>;

/** @returns what the client's schema has against a file; nothing if it has not. */
export function objections(client: keyof typeof schemas, file: unknown): readonly string[] {
  const validate = ajv.compile(schemas[client]);
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
