import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';
import { commandFor } from './command-line.ts';
import { tokenFor, tokenSource } from './for-server.ts';
import { type TokenOptions, targetOf } from './target.ts';

/** The options of `scalekit-mcp token`, as they were typed. */
export interface TokenCommandOptions extends TokenOptions {
  /** Print a call for curl instead of the token. */
  readonly curl?: boolean;
  /** With `--curl`: include the token. */
  readonly withToken?: boolean;
  readonly logout?: boolean;
}

async function printCurl(options: TokenCommandOptions, context: Context): Promise<void> {
  const { curlLine } = await import('./curl.ts');
  const token = options.withToken ? await tokenFor(options, context) : undefined;
  const { endpoint } = targetOf(options, context);
  context.stdout.write(`${curlLine(endpoint, token, commandFor(options))}\n`);
}

/**
 * Prints only an access token on stdout, so that `TOKEN=$(scalekit-mcp token)` works; or with `explain` what the server
 * would say to one.
 * @throws as `tokenFor`.
 */
export async function token(options: TokenCommandOptions, context: Context): Promise<ExitCode> {
  const [action, jwt, ...others] = options.words ?? [];
  if (action === 'explain' && others.length === 0) {
    const { explainToken } = await import('./explain.ts');
    return explainToken(jwt, options, context);
  }
  if (action !== undefined)
    throw new UsageError(`There is no such action: ${action}\n    expected explain`, {
      next: 'npx scalekit-mcp token --help',
    });
  if (options.withToken && !options.curl)
    throw new UsageError('--with-token belongs to --curl: without it the token itself is printed.', {
      code: 'arguments/combination',
      next: 'npx scalekit-mcp token --curl --with-token',
    });
  if (options.logout) context.stderr.write(`${await (await tokenSource(options, context)).logout()}\n`);
  else if (options.curl) await printCurl(options, context);
  else context.stdout.write(`${await tokenFor(options, context)}\n`);
  return exitCodes.ok;
}
