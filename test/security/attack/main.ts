import { parseArgs } from 'node:util';
import { allCases } from './cases/index.ts';
import { countsOf, table } from './report.ts';
import { attack, type Outcome } from './run.ts';
import { clientSource, keySource, readKey } from './sources.ts';
import { describeTarget, Unreachable } from './target.ts';

const help = `Sends every attack of test/security to an MCP server that Scalekit protects, and says what got through.

Usage: npm run attack -- <url> [options]

  <url>                the MCP endpoint, e.g. http://localhost:3002/mcp
  --issuer <url>       the authorization server: the local Scalekit's URL (default: what the server's metadata says)
  --token-key <file>   the local Scalekit's signing key (<its key directory>/signing-key.json), to send every case
  --only <prefix>      cases whose id begins so, e.g. --only alg/ (repeatable)
  --no-slow            leave out the cases that wait for time-outs (half a minute)
  --verbose            a line for every case
  --json               the outcomes as JSON

Without --token-key the tokens come from the authorization code flow, which needs a local Scalekit that was started
with --auto-approve; cases that need tokens of their own making are then left out, and counted.
A server's rate limit slows this down: it waits as Retry-After says. TOOL_CALLS_PER_MINUTE=0 and
REFUSED_TOKENS_PER_MINUTE=0 in the server's .env take the limits away.

Attack only servers that are yours. Exit codes: 0 all held, 1 something got through, 2 usage, 3 could not be reached.
`;

const options = {
  issuer: { type: 'string' },
  'token-key': { type: 'string' },
  only: { type: 'string', multiple: true, default: [] as string[] },
  'no-slow': { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

class UsageError extends Error {}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    if (values.help) return { values, url: '' };
    const [url, ...rest] = positionals;
    if (url === undefined) throw new UsageError('The URL of the server is missing');
    if (rest.length > 0) throw new UsageError(`One URL, not ${positionals.length}`);
    for (const each of [url, values.issuer])
      if (each !== undefined && !/^https?:\/\//.test(each)) throw new UsageError(`${each} is no http(s) URL`);
    return { values, url };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

type Values = ReturnType<typeof parse>['values'];

function asJson(outcomes: readonly Outcome[]): string {
  return JSON.stringify(
    outcomes.map(({ case: { id, title, source }, skipped, exchange, complaints }) => ({
      id,
      title,
      source,
      ...(skipped === undefined ? {} : { skipped }),
      status: exchange?.answers.at(-1)?.status ?? 0,
      complaints,
    })),
    null,
    2,
  );
}

async function attackUrl(url: string, values: Values): Promise<number> {
  const target = await describeTarget(url, values.issuer);
  const key = values['token-key'];
  const source = key === undefined ? await clientSource(target) : await keySource(target, await readKey(key));
  if (!values.json) console.error(`Attacking ${target.endpoint}, with ${source.description}.`);
  const chosen = allCases.filter(({ id }) => values.only.some((prefix) => id.startsWith(prefix)));
  const outcomes = await attack(target, source, {
    slow: !values['no-slow'],
    ...(values.only.length > 0 ? { cases: chosen } : {}),
  });
  const { sent, through, skipped } = countsOf(outcomes);
  console.log(values.json ? asJson(outcomes) : table(outcomes, values.verbose));
  const left =
    skipped > 0
      ? ` ${skipped} were not sent: they need ${source.token ? '--token-key' : 'a good token'}.`
      : '';
  console.error(`\n${sent} requests, ${through} got through or were answered wrongly.${left}`);
  return through > 0 ? 1 : 0;
}

/** @returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, url } = parse(args);
    if (!values.help) return await attackUrl(url, values);
    console.log(help);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}.\n\n${help}`);
      return 2;
    }
    if (error instanceof Unreachable) {
      console.error(`${error.message}.`);
      return 3;
    }
    throw error;
  }
}
