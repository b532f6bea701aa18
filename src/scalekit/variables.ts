/** The environment variables of a protected server, in their order in `.env`. */
export const variableNames = [
  'PORT',
  'SCALEKIT_ENVIRONMENT_URL',
  'SCALEKIT_CLIENT_ID',
  'SCALEKIT_RESOURCE_ID',
  'MCP_URL',
] as const;

export type VariableName = (typeof variableNames)[number];
export type Variables = Readonly<Record<VariableName, string>>;

/**
 * What guides, dashboards and `.env.example` files leave for people to replace: `your-env`, `res_your_resource_id`,
 * `<resource id>`, `${RESOURCE_ID}`, `skc_...`, `res_xxx`. A secret masked by `maskSecrets` is not a placeholder.
 */
const placeholder =
  /(?<![a-z])your[-_]|\byour(?:env|app|domain)\b|<[^>]*>|\{[^}]*\}|^mcp_server_id$|\.\.\.|…(?!\(masked\)|@)|^(?:xxx+|change[-_]?me|todo|replace[-_]me)$|_x{3,}$/i;

/** @returns whether a variable still holds a placeholder such as `res_your_resource_id` (docs/scalekit.md#documented-failures, 3). */
export function isPlaceholder(value: string): boolean {
  return placeholder.test(value.trim());
}

/** The identifiers of the local Scalekit: fixed, so that a project, its emulator and its tests agree without configuration. */
export const localIdentifiers = {
  resourceId: 'res_1000000000000001',
  clientId: 'skc_1000000000000002',
} as const;

/**
 * The port of the local Scalekit for a server's port: 1000 above it, or below if there is no room, so that two projects on
 * one machine do not collide.
 */
export function emulatorPort(serverPort: number): number {
  return serverPort + 1000 <= 65_535 ? serverPort + 1000 : serverPort - 1000;
}

/** The port that a server listens on by default. */
export const defaultPort = 3002;
