import { mcpClients } from '../project/clients/index.ts';
import type { ClientName } from './facts/index.ts';

/** What is known of each client that people connect (docs/mcp.md#clients); one row per client. */
export interface ClientRow {
  readonly name: string;
  /** Its requests come from its vendor's cloud, which reaches only public https addresses on port 443. */
  readonly needsPublicUrl: boolean;
  /** How it makes itself known, in the order in which it tries them. */
  readonly registers: ReadonlyArray<'document' | 'dynamic'>;
  readonly callbacks: readonly string[];
  /** It runs in a browser, and needs CORS. */
  readonly isWebPage?: true;
  readonly stepsUp: boolean;
  /** What is known to fail. */
  readonly known: readonly string[];
}

/**
 * @returns the command that tells a client which scopes to ask for, and `offline_access` with them; undefined if it cannot be
 * told, or `connect` does not know it.
 */
export function pinsScopes(client: ClientName): string | undefined {
  const known = Object.values(mcpClients).find(({ id }) => id === client);
  return known?.scopes === 'pinned' ? `npx scalekit-mcp connect ${known.id}` : undefined;
}

export const clients: Readonly<Record<ClientName, ClientRow>> = {
  'claude-code': {
    name: 'Claude Code',
    needsPublicUrl: false,
    registers: ['document', 'dynamic'],
    callbacks: ['http://localhost:<port>/callback (oauth.callbackPort fixes the port)'],
    stepsUp: false,
    known: [
      'It registers without a scope, and keeps a client id that once failed: claude mcp remove, then add, forgets it.',
    ],
  },
  claude: {
    name: 'Claude (web, desktop, mobile)',
    needsPublicUrl: true,
    registers: ['document', 'dynamic'],
    callbacks: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
    stepsUp: false,
    known: [
      'It connects from its cloud, even for the desktop application: a server on this machine is out of reach.',
      'A refusal has to be HTTP 401 or 403; an error inside a 200 starts no sign-in.',
    ],
  },
  chatgpt: {
    name: 'ChatGPT',
    needsPublicUrl: true,
    registers: ['document', 'dynamic'],
    callbacks: ['the address in its connector settings'],
    stepsUp: true,
    known: ['It wants S256, and compares the issuer in the authorization answer (RFC 9207).'],
  },
  vscode: {
    name: 'VS Code',
    needsPublicUrl: false,
    registers: ['document', 'dynamic'],
    callbacks: ['http://127.0.0.1:33418/ and three more', 'another port if that one is taken'],
    stepsUp: true,
    known: [
      'It may use a port other than the one that it registered: “redirect_uri” errors go away with a new registration.',
    ],
  },
  cursor: {
    name: 'Cursor',
    needsPublicUrl: false,
    registers: ['dynamic'],
    callbacks: ['http://localhost:8787/callback'],
    stepsUp: false,
    known: [
      'It does not ask again when a tool needs another scope: let it ask for all of them at the start.',
    ],
  },
  codex: {
    name: 'Codex',
    needsPublicUrl: false,
    registers: ['document', 'dynamic'],
    callbacks: ['http://127.0.0.1:<port>/callback'],
    stepsUp: false,
    known: ['It reads the first 512 characters of the server’s instructions.'],
  },
  gemini: {
    name: 'Gemini CLI',
    needsPublicUrl: false,
    registers: ['dynamic'],
    callbacks: ['http://localhost:7777/oauth/callback'],
    stepsUp: false,
    known: ['For it, "url" means SSE; Streamable HTTP is "httpUrl".'],
  },
  inspector: {
    name: 'MCP Inspector',
    needsPublicUrl: false,
    registers: ['document', 'dynamic'],
    callbacks: [
      'http://localhost:6274/oauth/callback (web)',
      'http://127.0.0.1:6276/oauth/callback (command line)',
    ],
    isWebPage: true,
    stepsUp: false,
    known: [
      'Leave its authentication fields empty: an environment’s client id there is refused.',
      'It needs Node 22.19 or later.',
    ],
  },
};
