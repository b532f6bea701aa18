import { join } from 'node:path';
import type { Wish } from '../../emulator/mint-for-project.ts';
import { type WantedScalekit, wantedScalekit } from '../../emulator/of-project.ts';
import { whyNoServer } from '../../project/layout.ts';
import { readSettings } from '../../project/settings.ts';
import { endpoints, isUrl, printable, serverUrls } from '../../scalekit/index.ts';
import type { Context } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';

/** The options of every command that needs a token, as they were typed. */
export interface TokenOptions extends Wish {
  readonly words?: readonly string[];
  /** The MCP server to ask for, instead of this project's. */
  readonly url?: string;
  /** A client that the authorization server knows, or the URL of a client id metadata document. */
  readonly clientId?: string;
  readonly callbackPort?: string;
  /** False with `--no-cache`: stored tokens are not used, and nothing is stored. */
  readonly cache?: boolean;
}

/** Which server is meant, and who issues tokens for it. */
export interface Target {
  /** Its MCP endpoint. */
  readonly endpoint: string;
  /** The local Scalekit, if the project's settings point at it. */
  readonly local: WantedScalekit | undefined;
  /** The issuer that the project's settings name, if the server is the project's own. */
  readonly issuer: string | undefined;
}

const help = 'npx scalekit-mcp token --help';

/**
 * @returns the address of `--url`.
 * @throws UsageError if it is not an address.
 */
export function checkUrl(text: string): string {
  if (isUrl(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).href;
  throw new UsageError(
    `--url: This is not the address of an MCP server: ${printable(text)}\n    expected an absolute URL, such as https://mcp.example.com/mcp`,
    { code: 'token/url', next: help },
  );
}

/** Some options only matter for a sign-in, and would be silently ignored here. */
function refuseForLocal({ clientId, callbackPort }: TokenOptions): void {
  const given = [
    ...(clientId === undefined ? [] : ['--client-id']),
    ...(callbackPort === undefined ? [] : ['--callback-port']),
  ];
  if (given.length > 0)
    throw new UsageError(
      `${given.join(' and ')}: the local Scalekit, which .env points at, gives tokens without a client.`,
      { code: 'token/local', next: help },
    );
}

/**
 * @returns the server of this folder's project, or the one that `--url` names.
 * @throws UsageError if there is neither, or an option is wrong.
 */
export function targetOf(options: TokenOptions, context: Context): Target {
  const settings = readSettings(join(context.cwd, '.env'), context.env);
  const { mcpUrl, environmentUrl, resourceId } = settings;
  if (options.url === undefined && mcpUrl === undefined) {
    const { reason, next } = whyNoServer(context.cwd);
    throw new UsageError(`${reason}, and no --url was given.`, {
      code: 'token/no-server',
      next: next ?? "run it in your server's folder, or add --url https://mcp.example.com/mcp",
    });
  }
  const own = mcpUrl === undefined ? undefined : serverUrls(mcpUrl).endpoint;
  const endpoint = options.url === undefined ? (own ?? '') : checkUrl(options.url);
  if (endpoint !== own) return { endpoint, local: undefined, issuer: undefined };
  const local = wantedScalekit(settings);
  if (local !== undefined) refuseForLocal(options);
  const isKnown = environmentUrl !== undefined && resourceId !== undefined;
  return { endpoint, local, issuer: isKnown ? endpoints(environmentUrl, resourceId).issuer : undefined };
}
