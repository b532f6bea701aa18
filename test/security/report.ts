import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { answerOf, countsOf, groupOf, machine, plain } from './attack/report.ts';
import type { OwnRun, Soaked } from './own.ts';

/** What the attacker sends, by group of cases. */
const groups: Readonly<Record<string, string>> = {
  'no-token': 'no token, and everything that might be taken for one',
  header: 'a good token, written or placed wrongly',
  format: 'malformed tokens',
  spelling: 'a good token, spelt otherwise',
  payload: 'signed payloads that are no claims',
  unsigned: 'tokens without a signature (`alg: none` and relatives)',
  hmac: 'the public key used as an HMAC secret',
  kid: "an attacker's key under odd key ids",
  'carried-key': 'tokens that bring or name their own key',
  algorithm: 'other algorithms, by any key',
  alg: '`alg` values that are none',
  signature: 'changed, cut and swapped signatures',
  crit: 'critical extensions',
  iss: 'wrong issuers',
  aud: 'wrong audiences',
  exp: 'wrong or endless expiry',
  nbf: 'not valid yet',
  iat: 'issued in the future or too long ago',
  sub: 'no subject',
  typ: 'other kinds of JWT',
  cnf: 'sender-bound tokens as bearer tokens',
  good: 'good tokens of every form: let in',
  scope: 'scope claims that lack the scope',
  'scope-check': 'ways around the scope check, with a read-only token',
  path: 'other spellings of the path, without a token',
  target: 'odd request targets',
  scan: 'what scanners ask for',
  method: 'other methods and versions of HTTP',
  host: 'foreign Host headers',
  origin: 'foreign Origin headers',
  preflight: 'CORS preflights',
  framing: 'request smuggling, pipelining, endless headers',
  body: 'malformed bodies',
  size: 'large and endless bodies',
  encoding: 'packed bodies',
  'media-type': 'content types',
  protocol: 'JSON-RPC and MCP, both eras',
  arguments: 'hostile arguments',
  metadata: 'discovery documents',
  health: '`/healthz` and `/readyz`',
  slow: 'slow and half-open clients',
};

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
/** Escapes text so that Markdown leaves it as it is. */
const text = (value: string): string => plain(value).replaceAll(/[_*<`]/g, '\\$&');
const code = (text: string): string => `\`${text}\``;
const named = ({ template, on }: OwnRun): string => `${template}, ${on}`;

function summary(runs: readonly OwnRun[]): string[] {
  const names = [...new Set(runs.flatMap(({ outcomes }) => outcomes.map(groupOf)))];
  const held = (own: OwnRun, group?: string) => {
    const { sent, held } = countsOf(
      own.outcomes.filter((outcome) => group === undefined || groupOf(outcome) === group),
    );
    return sent === 0 ? '–' : `${held} of ${sent}`;
  };
  return [
    row('what is sent', ...runs.map(named)),
    row('---', ...runs.map(() => '---:')),
    ...names.map((group) => row(groups[group] ?? group, ...runs.map((own) => held(own, group)))),
    row('**all**', ...runs.map((own) => `**${held(own)}**`)),
  ];
}

/** Every case with what the first server that got it answered. */
function details(runs: readonly OwnRun[]): string[] {
  const outcomes = new Map(
    runs
      .toReversed()
      .flatMap(({ outcomes }) => outcomes.map((outcome) => [outcome.case.id, outcome] as const)),
  );
  const inOrder = [...new Set(runs.flatMap(({ outcomes }) => outcomes.map(({ case: { id } }) => id)))];
  return Object.entries(groups).flatMap(([group, what]) => {
    const rows = inOrder
      .filter((id) => id.startsWith(`${group}/`))
      .flatMap((id) => outcomes.get(id) ?? [])
      .map((outcome) => {
        const verdict =
          outcome.complaints.length > 0 ? ` **wrong: ${text(outcome.complaints.join('; '))}**` : '';
        const { id, title, source } = outcome.case;
        return row(
          code(id.slice(group.length + 1)),
          text(title),
          `${answerOf(outcome)}${verdict}`,
          text(source),
        );
      });
    if (rows.length === 0) return [];
    return [
      '',
      `### ${code(group)}: ${what}`,
      '',
      row('case', 'sent', 'answered', 'rule'),
      row('---', '---', '---', '---'),
      ...rows,
    ];
  });
}

function disputes(runs: readonly OwnRun[]): string[] {
  const cases = new Map(runs.flatMap(({ outcomes }) => outcomes.map((each) => [each.case.id, each.case])));
  const rows = [...cases.values()].flatMap(({ id, oracleDiffers }) =>
    oracleDiffers && !id.startsWith('scope/') ? [row(code(id), oracleDiffers)] : [],
  );
  return [row('case', 'why it decides otherwise'), row('---', '---'), ...rows];
}

interface Proof {
  readonly file: string;
  readonly title: string;
  readonly passed: boolean;
}

/** Runs the tests that take more than a single request, for their names and results. */
export async function prove(files: readonly string[]): Promise<readonly Proof[]> {
  const directory = await makeDirectory();
  const output = join(directory, 'results.json');
  try {
    const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
    const paths = files.map((file) => `test/security/${file}.test.ts`);
    const options = ['--project', 'full', '--reporter', 'json', '--outputFile', output];
    await run(process.execPath, [vitest, 'run', ...options, ...paths], { cwd: repository });
    const { testResults } = JSON.parse(await readFile(output, 'utf8')) as {
      testResults: readonly {
        name: string;
        assertionResults: readonly { ancestorTitles: readonly string[]; title: string; status: string }[];
      }[];
    };
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => ({
        file: /(\w+)\.test\.ts$/.exec(name)?.[1] ?? name,
        title: [...ancestorTitles, title].join(' – '),
        passed: status === 'passed',
      })),
    );
  } finally {
    await removeDirectory(directory);
  }
}

function proofTable(proofs: readonly Proof[]): string[] {
  return [
    row('test', 'what is proven', 'result'),
    row('---', '---', '---'),
    ...proofs.map(({ file, title, passed }) => row(code(file), text(title), passed ? 'holds' : '**fails**')),
  ];
}

export interface ReportInput {
  readonly runs: readonly OwnRun[];
  readonly proofs: readonly Proof[];
  readonly fuzzed: number;
  readonly soaked: Soaked | undefined;
  readonly versions: ReadonlyMap<string, string>;
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

function long({ fuzzed, soaked }: ReportInput): string[] {
  const lines = [
    `- ${fuzzed.toLocaleString('en')} random requests (fast-check: methods, paths, headers, bodies, arguments, mutated tokens): no 5xx but 503, no hang, no leak, nothing executed without a good token.`,
  ];
  if (soaked) {
    const { requests, seconds, before, after } = soaked;
    lines.push(
      `- ${requests.toLocaleString('en')} requests of mixed traffic in ${Math.round(seconds)} s: ${megabytes(before)} MB in use after the first half, ${megabytes(after)} MB after all of them (after a full collection).`,
    );
  }
  return lines;
}

/** The whole of docs/security.md. */
export function markdown(input: ReportInput): string {
  const { runs, proofs, versions } = input;
  const libraries = [...versions].map(([name, version]) => `${name} ${version}`).join(', ');
  const newer = process.versions.node;
  return `${[
    '# What the generated server withstands',
    '',
    '<!-- Written by `npm run attack -- --report docs/security.md`: change the cases, not this page. -->',
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}, on ${machine()}; the tests ran on Node.js ${newer}. Servers: ${libraries}.`,
    '',
    'Both templates are generated, installed and started as their owner would; a local Scalekit with a known key makes good',
    'and bad tokens of every kind. Every request is written to a socket byte by byte, and every answer is held against its',
    'own expectation and against rules for all answers: no stack, no path, no token in it, no fingerprint, errors are JSON',
    'with `no-store` and `nosniff`, challenges are complete, what was refused was not executed.',
    '',
    'Again, by yourself:',
    '',
    '```',
    'npm run attack                                   both templates, Node 20 and 24, every case',
    'npm run attack -- <url> --issuer <emulator url>  a server of yours that is running',
    'npm run attack -- --fuzz 20000 --soak 100000     the long runs',
    'npx vitest run --project full test/security      what CI runs',
    '```',
    '',
    '## In short',
    '',
    ...summary(runs),
    '',
    ...long(input),
    '',
    '## Beyond single requests',
    '',
    'Each line is a test in `test/security/`, with a key server that misbehaves, a clock that is set forward, signals, or many users.',
    '',
    ...proofTable(proofs),
    '',
    '## Where the second oracle differs',
    '',
    '`oauth4webapi.validateJwtAccessToken` is asked about every token. It agrees with the expectation but for these:',
    '',
    ...disputes(runs),
    '',
    '## Every request',
    '',
    '“House rule” is a rule of this project that no RFC states; “Auth0”, “Envoy” are their published test lists.',
    'A good token is signed by the key server’s key and names this server; no token means none at all.',
    ...details(runs),
  ].join('\n')}\n`;
}
