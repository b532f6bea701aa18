import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFree, portOwner } from '../../project/ports.ts';
import { faultIn } from '../../project/registry.ts';
import { checkPort, printable } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UsageError, UserError } from '../../terminal/errors.ts';
import { jsonText } from '../../terminal/json.ts';
import { quoteForShell } from '../../terminal/shell.ts';
import { wishOf } from '../token/source.ts';
import { type TokenOptions, targetOf } from '../token/target.ts';
import { inspectorNode, inspectorRange, isNodeForInspector } from './versions.ts';

/** `scalekit-mcp inspect`: the official MCP Inspector, with this server filled in. */

/** The options as they were typed. */
export interface InspectFlags extends TokenOptions {
  /** Its command line, with a token, instead of its page. */
  readonly cli?: boolean;
  /** Where its page is. */
  readonly port?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const help = 'npx scalekit-mcp inspect --help';

/** Where the Inspector's page is by default, and its callback, too (docs/mcp.md#clients). */
const pagePort = 6274;

/** The arguments for npx, and what else is needed besides the environment. */
interface Call {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A file for this run only. It holds the token, so that no list of processes shows it. */
  readonly secret?: { readonly path: string; readonly text: string };
}

/** @returns the arguments with which npx runs the Inspector. */
function npxWords(args: readonly string[], packages: readonly string[] = []): readonly string[] {
  const named = [...packages, inspectorRange].flatMap((each) => ['-p', each]);
  return ['npx', '-y', ...named, 'mcp-inspector', ...args];
}

const line = (words: readonly string[]) => words.map((word) => quoteForShell(word)).join(' ');

function pageCall(endpoint: string, port: number): Call {
  return {
    args: ['--web', '--transport', 'http', '--server-url', endpoint],
    env: port === pagePort ? {} : { CLIENT_PORT: String(port) },
  };
}

/** The Inspector reads the server, and the token in its headers, from a file. */
function commandLineCall(flags: InspectFlags, endpoint: string, token: string | undefined): Call {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const server = { type: 'streamable-http', url: endpoint, headers };
  const path = join(tmpdir(), `scalekit-mcp-inspect-${randomUUID()}.json`);
  const words = flags.words ?? [];
  const given = words.length > 0 ? words : ['--method', 'tools/list'];
  return {
    args: [
      '--cli',
      '--config',
      path,
      '--server',
      'server',
      ...given,
      ...(flags.json ? ['--format', 'json'] : []),
    ],
    // It stores nothing: each run gets the token anew.
    env: { MCP_INSPECTOR_SECRET_STORE: 'memory' },
    secret: { path, text: `${JSON.stringify({ mcpServers: { server } })}\n` },
  };
}

function refuseOldNode(args: readonly string[]): void {
  if (isNodeForInspector(process.versions.node)) return;
  throw new UserError(
    `The MCP Inspector needs Node.js ${inspectorNode} or later; this is ${process.versions.node}.`,
    {
      code: 'inspect/node',
      next: `on Node.js 24, which npm brings along: ${line(npxWords(args, ['node@24']))}`,
    },
  );
}

async function refuseTakenPort(port: number): Promise<void> {
  if (await isFree(port)) return;
  const owner = await portOwner(port);
  const who = owner === undefined ? '' : `, by ${printable(owner)}`;
  throw new UserError(
    `Port ${port} is taken${who}: the Inspector’s page would be there. Perhaps it runs already: http://localhost:${port}/`,
    {
      code: 'inspect/port',
      next: `end that program, or: npx scalekit-mcp inspect --port ${port + 1}`,
    },
  );
}

function portOf(flags: InspectFlags): number {
  if (flags.port === undefined) return pagePort;
  const checked = checkPort(flags.port);
  if (checked.ok) return checked.value;
  const { reason, actual, expected } = checked.problem;
  throw new UsageError(`--port: ${reason}: ${actual}\n    expected ${expected}`, {
    code: 'inspect/port',
    next: help,
  });
}

function refuseCombinations(flags: InspectFlags): void {
  const { cli, words = [], port, json, dryRun } = flags;
  const refuse = (message: string): never => {
    throw new UsageError(message, { code: 'inspect/options', next: help });
  };
  if (!cli && words.length > 0)
    refuse(
      `These are for the Inspector’s command line, which --cli is: ${words.map((word) => printable(word)).join(' ')}`,
    );
  if (cli && port !== undefined) refuse('--port is where the Inspector’s page is, and --cli opens none.');
  if (json && !cli && !dryRun) refuse('--json goes with --cli, or with --dry-run.');
}

/** What a failed run means, if npm's output tells. */
function explain(output: string, exitCode: number | undefined): UserError | undefined {
  const isOfNpm = /^npm (?:error|ERR!)/m.test(output);
  const fault = isOfNpm ? faultIn(output) : undefined;
  if (fault !== undefined)
    return new UserError(
      `The Inspector could not be fetched: npm’s registry ${fault.kind === 'certificate' ? 'has a certificate that is not trusted' : 'does not answer'} (${fault.code}${fault.registry === undefined ? '' : `, ${fault.registry}`}).`,
      {
        code: 'inspect/registry',
        next: 'once with a network; afterwards npm has it, and it starts without one',
      },
    );
  return isOfNpm
    ? new UserError(`The Inspector was not started: npm ended with ${exitCode}.`, { code: 'inspect/npm' })
    : undefined;
}

async function start({ args, env, secret }: Call, context: Context): Promise<ExitCode> {
  const { showProgram } = await import('../../project/programs.ts');
  try {
    if (secret !== undefined) await writeFile(secret.path, secret.text, { mode: 0o600, flag: 'wx' });
    const [program = '', ...words] = npxWords(args);
    const { exitCode, absent, errors } = await showProgram(program, words, {
      cwd: context.cwd,
      // One try is enough to find out that there is no network; npm's default takes minutes.
      env: { npm_config_fetch_retries: '1', npm_config_prefer_offline: 'true', ...context.env, ...env },
      signal: context.signal,
      onError: (text) => context.stderr.write(text),
    });
    context.signal.throwIfAborted();
    if (absent)
      throw new UserError('There is no npx, which starts the Inspector.', {
        code: 'inspect/npx',
        next: 'install npm',
      });
    const fault = exitCode === 0 ? undefined : explain(errors, exitCode);
    if (fault !== undefined) throw fault;
    return exitCode === 0 ? exitCodes.ok : exitCodes.failed;
  } finally {
    if (secret !== undefined) await rm(secret.path, { force: true });
  }
}

/** What is shown in place of the token. */
async function callOf(flags: InspectFlags, endpoint: string, context: Context): Promise<Call> {
  if (!flags.cli) return pageCall(endpoint, portOf(flags));
  if (flags.dryRun) return commandLineCall(flags, endpoint, '…');
  const [{ tokenSource }, { tokenIfAsked }] = await Promise.all([
    import('../token/for-server.ts'),
    import('../token/if-asked.ts'),
  ]);
  const wish = wishOf(flags, { kind: 'all' });
  const taken = await tokenIfAsked(await tokenSource(flags, context), wish, context.signal);
  return commandLineCall(flags, endpoint, taken?.token);
}

/**
 * Starts the MCP Inspector with a server filled in: its page, where a person signs in, or with `--cli` its command line, with a
 * token.
 * @returns 0, or 1 if the Inspector says so.
 * @throws UsageError for options that do not go together; UserError for a Node.js that it does not run on, a port that is taken,
 * and a registry that does not answer.
 */
export async function inspect(flags: InspectFlags, context: Context): Promise<ExitCode> {
  refuseCombinations(flags);
  const { endpoint } = targetOf(flags, context);
  const port = portOf(flags);
  if (!flags.dryRun) {
    refuseOldNode(pageCall(endpoint, port).args);
    if (!flags.cli) await refuseTakenPort(port);
  }
  const call = await callOf(flags, endpoint, context);
  const shown = Object.entries(call.env).map(([name, value]) => `${name}=${value}`);
  const words = npxWords(call.args);
  if (flags.dryRun && flags.json) {
    const report = {
      ok: true,
      exitCode: exitCodes.ok,
      dryRun: true,
      endpoint,
      env: call.env,
      command: words,
    };
    context.stdout.write(jsonText(report));
    return exitCodes.ok;
  }
  // npm downloads it the first time, so say what is running.
  context.stderr.write(`${[...shown, line(words)].join(' ')}\n`);
  return flags.dryRun ? exitCodes.ok : start(call, context);
}
