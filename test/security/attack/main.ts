import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  attackOwnServers,
  dependencyVersions,
  fuzzOwnServers,
  type OwnRun,
  type Soaked,
  soakOwnServer,
} from '../own.ts';
import { markdown, prove } from '../report.ts';
import { casesFor } from './cases/index.ts';
import { fuzz } from './fuzz.ts';
import { countsOf, table } from './report.ts';
import { attack, type Outcome } from './run.ts';
import { clientSource, keySource, localSource, readKey, type TokenSource } from './sources.ts';
import { describeTarget, Unreachable } from './target.ts';
import type { Target } from './types.ts';

const help = `Sends every attack of test/security to MCP servers that Scalekit protects, and says what got through.

Usage: npm run attack                       generates both templates, runs them on Node.js 20 and 24, attacks them
       npm run attack -- <url> [options]    attacks a server that is running

  --language python    generates them in Python, and runs them with the Python of this machine (without <url>)
  <url>                the MCP endpoint, e.g. http://localhost:3002/mcp
  --issuer <url>       the authorization server: the local Scalekit's URL (default: what the server's metadata says)
  --token-key <file>   the local Scalekit's signing key (<its key directory>/signing-key.json), to send every case;
                       that of a local Scalekit on this machine is found without it
  --only <prefix>      cases whose id begins so, e.g. --only alg/ (repeatable; with <url>)
  --no-slow            leave out the cases that wait for time-outs (half a minute)
  --fuzz <n>           random requests instead, so many; --seed <n> repeats a run
  --soak <n>           instead, so many requests of mixed traffic, and the heap before and after (without <url>)
  --report <file>      all of the above, and the tests beyond single requests, as Markdown (without <url>)
  --verbose            a line for every case
  --json               the outcomes as JSON (with <url>)

Without such a key the tokens come from the authorization code flow, which needs a local Scalekit that was started
with --auto-approve; cases that need tokens of their own making are then left out, and counted.
A server's rate limit slows this down: it waits as Retry-After says. TOOL_CALLS_PER_MINUTE=0 and
REFUSED_TOKENS_PER_MINUTE=0 in the server's .env take the limits away.

Attack only servers that are yours. Exit codes: 0 all held, 1 something got through, 2 usage, 3 could not be reached.
`;

const options = {
  language: { type: 'string', default: 'typescript' },
  issuer: { type: 'string' },
  'token-key': { type: 'string' },
  only: { type: 'string', multiple: true, default: [] as string[] },
  'no-slow': { type: 'boolean', default: false },
  fuzz: { type: 'string' },
  seed: { type: 'string' },
  soak: { type: 'string' },
  report: { type: 'string' },
  verbose: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

class UsageError extends Error {}

/** The table shows what got through; this sets the exit code. */
class GotThrough extends Error {}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    const [url, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`One URL, not ${positionals.length}`);
    for (const each of [url, values.issuer])
      if (each !== undefined && !/^https?:\/\//.test(each)) throw new UsageError(`${each} is no http(s) URL`);
    if (url === undefined && (values.issuer ?? values['token-key'] ?? values.only[0]) !== undefined)
      throw new UsageError('The URL of the server is missing');
    if (url !== undefined && (values.soak ?? values.report) !== undefined)
      throw new UsageError('--soak and --report start servers of their own: leave out the URL');
    checkLanguage(values.language, url ?? values.report);
    return { values, url };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

/** @param other what only a server in TypeScript, or one that is running, can have. */
function checkLanguage(language: string, other: string | undefined): void {
  if (!['typescript', 'python'].includes(language))
    throw new UsageError(`--language is typescript or python, not ${language}`);
  if (language === 'python' && other !== undefined)
    throw new UsageError('--language python generates the servers itself, and has no --report');
}

type Values = ReturnType<typeof parse>['values'];

function wholeNumber(name: string, text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw new UsageError(`--${name} needs a whole number, not ${text}`);
  return Number(text);
}

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

/** Prints the outcomes of the cases. @throws GotThrough. */
function tell(outcomes: readonly Outcome[], values: Values, whatIsMissing = ''): void {
  const { sent, through, skipped } = countsOf(outcomes);
  console.log(values.json ? asJson(outcomes) : table(outcomes, values.verbose));
  const left = skipped > 0 ? ` ${skipped} were not sent: they need ${whatIsMissing}.` : '';
  console.error(`\n${sent} requests, ${through} got through or were answered wrongly.${left}\n`);
  if (through > 0) throw new GotThrough();
}

async function fuzzUrl(target: Target, source: TokenSource, values: Values): Promise<void> {
  const requests = wholeNumber('fuzz', values.fuzz ?? '');
  const seed = values.seed === undefined ? {} : { seed: wholeNumber('seed', values.seed) };
  await fuzz(target, source, { requests, ...seed });
  console.error(`${requests} random requests, none answered wrongly.`);
}

async function attackUrl(url: string, values: Values): Promise<void> {
  const target = await describeTarget(url, values.issuer);
  const key = values['token-key'];
  const source = key
    ? await keySource(target, await readKey(key))
    : ((await localSource(target)) ?? (await clientSource(target)));
  if (!values.json) console.error(`Attacking ${target.endpoint}, with ${source.description}.`);
  if (values.fuzz !== undefined) return fuzzUrl(target, source, values);
  const chosen = casesFor(target).filter(({ id }) => values.only.some((prefix) => id.startsWith(prefix)));
  const outcomes = await attack(target, source, {
    slow: !values['no-slow'],
    ...(values.only.length > 0 ? { cases: chosen } : {}),
  });
  tell(outcomes, values, source.token ? '--token-key' : 'a good token');
}

async function longRuns(values: Values): Promise<{ fuzzed: number; soaked: Soaked | undefined }> {
  const fuzzed = values.fuzz === undefined ? 0 : wholeNumber('fuzz', values.fuzz);
  if (fuzzed > 0) {
    await fuzzOwnServers(fuzzed, values.seed === undefined ? undefined : wholeNumber('seed', values.seed));
    console.error(`${fuzzed} random requests, none answered wrongly.`);
  }
  if (values.soak === undefined) return { fuzzed, soaked: undefined };
  const soaked = await soakOwnServer(wholeNumber('soak', values.soak));
  const [before, after] = [soaked.before, soaked.after].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  console.error(
    `${soaked.requests} requests in ${Math.round(soaked.seconds)} s: ${before} MB in use after half, ${after} MB after all.`,
  );
  // The rate counters and the token cache hold this much for a minute; more would be a leak.
  if (soaked.after - soaked.before > 8 * 2 ** 20) throw new GotThrough();
  return { fuzzed, soaked };
}

async function attackOwn(values: Values): Promise<readonly OwnRun[]> {
  const runs = await attackOwnServers(!values['no-slow'], (text) => console.error(text));
  const failed = runs.filter(({ outcomes }) => countsOf(outcomes).through > 0);
  for (const { template, on, outcomes } of failed.length > 0 ? failed : runs.slice(0, 1)) {
    console.log(`\n${template} on ${on}\n${table(outcomes, values.verbose)}`);
  }
  const all = countsOf(runs.flatMap(({ outcomes }) => outcomes));
  console.error(`\n${all.sent} requests, ${all.through} got through or were answered wrongly.`);
  return runs;
}

async function report(file: string, values: Values): Promise<void> {
  const runs = await attackOwn(values);
  const long = await longRuns({ fuzz: '20000', soak: '100000', ...values });
  console.error('Running the tests beyond single requests …');
  const proofs = await prove(['keys', 'limits', 'log', 'life', 'crowd', 'ownership', 'oracle']);
  await writeFile(file, markdown({ runs, proofs, versions: await dependencyVersions(), ...long }));
  console.error(`Wrote ${file}.`);
  if (runs.some(({ outcomes }) => countsOf(outcomes).through > 0) || proofs.some(({ passed }) => !passed))
    throw new GotThrough();
}

async function perform(url: string | undefined, values: Values): Promise<void> {
  if (values.help) return console.log(help);
  if (url !== undefined) return attackUrl(url, values);
  if (values.report !== undefined) return report(values.report, values);
  if ((values.fuzz ?? values.soak) !== undefined) return void (await longRuns(values));
  const runs = await attackOwn(values);
  if (runs.some(({ outcomes }) => countsOf(outcomes).through > 0)) throw new GotThrough();
}

/** @returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values, url } = parse(args);
    process.env.SERVER_LANGUAGE = values.language;
    await perform(url, values);
    return 0;
  } catch (error) {
    if (error instanceof GotThrough) return 1;
    const message = error instanceof Error ? error.message : String(error);
    console.error(error instanceof UsageError ? `${message}.\n\n${help}` : `${message}`);
    if (error instanceof UsageError) return 2;
    return error instanceof Unreachable ? 3 : 1;
  }
}
