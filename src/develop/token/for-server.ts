import { join } from 'node:path';
import { mintForProject, type Wish } from '../../emulator/mint-for-project.ts';
import { wantedScalekit } from '../../emulator/of-project.ts';
import { readSettings } from '../../project/settings.ts';
import { serverUrls } from '../../scalekit/index.ts';
import { type Context, isInteractive } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';

/** The options of `scalekit-mcp token`, as they were typed. */
export interface TokenOptions extends Wish {
  readonly words?: readonly string[];
  /** The MCP server to ask for, in place of this project's. */
  readonly url?: string;
  /** Print a call with the token in place of the token. */
  readonly curl?: boolean;
}

/** A person signs in, in a browser, at whatever Scalekit the server names. What they read goes to stderr. */
async function bySignIn(endpoint: string, options: TokenOptions, context: Context): Promise<string> {
  if (options.as !== undefined || options.machine)
    throw new UsageError(
      '--as and --machine are for the local Scalekit: elsewhere people sign in themselves.',
      {
        next: 'scalekit-mcp token --help',
      },
    );
  if (!isInteractive({ ...context, stdout: context.stderr as Context['stdout'] }))
    throw new UsageError('Somebody has to sign in, and there is nobody to ask.', {
      code: 'token/no-terminal',
      next: 'run `scalekit-mcp token` in a terminal',
    });
  const [{ signIn }, { terminalPerson }] = await Promise.all([
    import('../../register/sign-in.ts'),
    import('../../register/terminal-person.ts'),
  ]);
  const person = terminalPerson({ ...context, stdout: context.stderr as Context['stdout'] });
  const signedIn = await signIn({
    server: new URL(endpoint),
    scopes: (options.scopes ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
    clientName: 'scalekit-mcp',
    visit: (visit) => person.visit(visit),
    signal: context.signal,
  });
  try {
    return signedIn.token();
  } finally {
    signedIn.drop();
  }
}

/** Where a token is for, and the token. */
export interface TokenForServer {
  readonly endpoint: string;
  readonly token: string;
}

/**
 * Gets an access token for the project's server: from the local Scalekit at once, elsewhere by a person's sign-in.
 * @throws UsageError where nobody can be asked, or an option is wrong; UserError where it does not come to an end.
 */
export async function tokenFor(options: TokenOptions, context: Context): Promise<TokenForServer> {
  const settings = readSettings(join(context.cwd, '.env'), context.env);
  if (options.url === undefined && settings.mcpUrl === undefined)
    throw new UsageError('There is no MCP_URL in this folder’s .env, and no --url was given.', {
      next: "run it in your server's folder, or: scalekit-mcp token --url https://mcp.example.com/mcp",
    });
  const own = serverUrls(settings.mcpUrl ?? 'http://localhost/').endpoint;
  const endpoint = options.url ?? own;
  const local = endpoint === own ? wantedScalekit(settings) : undefined;
  const token =
    local === undefined
      ? await bySignIn(endpoint, options, context)
      : await mintForProject(context.cwd, context.env, local, options);
  return { endpoint, token };
}
