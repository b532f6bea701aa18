import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';
import { quoteForShell } from '../../terminal/shell.ts';
import { type TokenForServer, type TokenOptions, tokenFor } from './for-server.ts';

/** @returns a call that lists the tools, to be pasted into a shell; with the token in it, since it was asked for. */
function curlOf({ endpoint, token }: TokenForServer): string {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const headers = [
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    'accept: application/json, text/event-stream',
  ];
  const words = ['curl', endpoint, ...headers.flatMap((header) => ['-H', header]), '-d', body];
  return words.map((word) => quoteForShell(word)).join(' ');
}

/**
 * Prints an access token on stdout, alone, so that `TOKEN=$(scalekit-mcp token)` holds it; or with `explain` what the server
 * would say to one.
 * @throws as `tokenFor`.
 */
export async function token(options: TokenOptions, context: Context): Promise<ExitCode> {
  const [action, jwt, ...others] = options.words ?? [];
  if (action === 'explain' && others.length === 0) {
    const { explainToken } = await import('./explain.ts');
    return explainToken(jwt, options, context);
  }
  if (action !== undefined)
    throw new UsageError(`There is no such action: ${action}\n    expected explain`, {
      next: 'scalekit-mcp token --help',
    });
  const got = await tokenFor(options, context);
  context.stdout.write(`${options.curl ? curlOf(got) : got.token}\n`);
  return exitCodes.ok;
}
