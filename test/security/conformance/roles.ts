import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { startEmulator } from '../../../src/emulator/index.ts';
import { endpoints, serverUrls } from '../../../src/scalekit/index.ts';
import { discover, register } from '../../emulator/walk.ts';
import { nodeBinary } from '../../support/packages.ts';
import { freePort } from '../../support/ports.ts';
import { Program } from '../../support/program.ts';
import { repository } from '../../support/repository.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import { until } from '../../support/waiting.ts';
import type { ScenarioResult } from './scenarios.ts';
import { readResults, runSuite, suiteNode, suiteProgram } from './suite.ts';

// The two other roles that this project plays: an authorization server, the local Scalekit; and a client, the code of
// `token`, `call` and `register`.

const version = '0.2.0-alpha.12';

/** The result of one of the roles. */
export interface RoleRun {
  readonly name: string;
  readonly intro: string;
  readonly results: readonly ScenarioResult[];
  /** Why scenarios are not passed in full, by patterns of their names. */
  readonly reasons: ReadonlyArray<readonly [RegExp, string]>;
  /** Scenarios that must be there: a suite that runs nothing would find nothing. */
  readonly required: readonly string[];
}

/** Opens the page that the suite asks a person to open; the local Scalekit allows at once, and the suite's server answers. */
async function followSignIn(program: Program): Promise<void> {
  if (program.child.stdout === null) return;
  for await (const line of createInterface({ input: program.child.stdout })) {
    const url = /^http:\/\/localhost:\d+\/\S+\/oauth\/authorize\?\S+$/.exec(line.trim())?.[0];
    // Its own server is started after the line was written.
    if (url !== undefined) await openUntilAnswered(url);
  }
}

async function openUntilAnswered(url: string): Promise<void> {
  await until(
    'the suite takes the authorization code',
    async () => {
      const allowed = await fetch(url, { redirect: 'manual' });
      const callback = allowed.headers.get('location');
      if (callback === null) throw new Error(`the local Scalekit answered ${allowed.status}`);
      const response = await fetch(callback);
      await response.body?.cancel();
      return true;
    },
    120_000,
  );
}

/** Measures the local Scalekit. */
export async function runAuthorizationServer(): Promise<RoleRun> {
  const emulator = await startEmulator({ autoApprove: true });
  const directory = await makeDirectory();
  try {
    const port = await freePort();
    const urls = endpoints(emulator.url, emulator.resourceId);
    const { client_id: clientId } = await register(await discover(emulator), {
      client_name: 'The conformance suite',
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
    });
    const output = join(directory, 'results');
    const resource = serverUrls(emulator.mcpUrl).endpoint;
    const program = new Program(await nodeBinary(suiteNode), [
      await suiteProgram(version),
      'authorization',
      ...['--url', urls.issuer, '--client-id', clientId, '--resource', resource],
      ...['--port', String(port), '--output-dir', output],
    ]);
    await Promise.all([followSignIn(program), once(program.child, 'close')]);
    return {
      name: 'The local Scalekit as authorization server',
      intro: 'The `authorization` mode, against `scalekit-mcp emulate`.',
      results: await readResults(output),
      reasons: [],
      required: ['authorization-server-metadata-endpoint', 'authorization-code-grant'],
    };
  } finally {
    await Promise.all([emulator.close(), removeDirectory(directory)]);
  }
}

/** Why our own client does not pass a scenario in full. */
const clientReasons: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^auth\/pre-registration$/,
    'people sign in as a public client (`token --client-id`); a secret is for machines (`token --machine`)',
  ],
  [/^auth\/client-credentials-jwt$/, 'Scalekit gives machines a secret, and no key of their own'],
  [/^auth\/(?:dpop|wif)/, 'Scalekit has neither DPoP nor workload identities for MCP'],
  [
    /^(?!auth\/)/,
    'about servers that anybody may use; ours signs in first, and calls the tools that it is told to',
  ],
];

/** Core scenarios of the client, by what they are about. */
const requiredOfClient: readonly string[] = [
  'auth/metadata-default',
  'auth/basic-cimd',
  'auth/scope-step-up',
  'auth/token-endpoint-auth-none',
];

/** Scenarios of extensions, and of Scalekit. */
const requiredExtensions: readonly string[] = [
  'auth/client-credentials-basic',
  'auth/enterprise-managed-authorization',
];

/** The part of the suite's `requirements/<revision>.yaml` that is about clients. */
interface Requirements {
  readonly client: readonly string[];
  readonly not_scored: ReadonlyArray<{
    readonly scenario: string;
    readonly leg: string;
    readonly reason: string;
  }>;
}

/** What a revision requires of clients, and what the suite has besides; the arguments that run each. */
async function scenariosOf(revision: string): Promise<ReadonlyArray<readonly string[]>> {
  const file = join(dirname(await suiteProgram(version)), '..', 'requirements', `${revision}.yaml`);
  const { client, not_scored: others } = parse(await readFile(file, 'utf8')) as Requirements;
  const dated = ['--spec-version', revision];
  const besides = others.filter(({ leg }) => leg === 'client');
  return [
    ...client.map((name) => ['--scenario', name, ...dated]),
    // An extension belongs to no revision.
    ...besides.map(({ scenario, reason }) => [
      '--scenario',
      scenario,
      ...(reason === 'extension' ? [] : dated),
    ]),
  ];
}

/** A busy machine starts programs slowly. */
const patience = ['--timeout', '240000'];

/**
 * Runs scenarios, two at a time: the suite itself would start dozens of clients at once, which then wait for each other longer
 * than a client has patience.
 */
async function runEach(scenarios: ReadonlyArray<readonly string[]>): Promise<readonly ScenarioResult[]> {
  const client = join(repository, 'test/security/conformance/client.ts');
  const command = `${await nodeBinary(suiteNode)} ${client}`;
  const results: ScenarioResult[] = [];
  const waiting = [...scenarios];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results.push(...(await runSuite(version, ['client', '--command', command, ...next, ...patience])));
  };
  await Promise.all([work(), work()]);
  return results.sort((one, other) => one.scenario.localeCompare(other.scenario));
}

/** Measures our own client: what each revision requires of clients, and the extensions that the suite has. */
export async function runClient(): Promise<readonly RoleRun[]> {
  const runs: RoleRun[] = [];
  for (const revision of ['2025-11-25', '2026-07-28'])
    runs.push({
      name: `Our own client, ${revision}`,
      intro: `What ${revision} requires of clients, and the extensions, of the code of \`token\`, \`call\` and \`register\` (test/security/conformance/client.ts).`,
      results: await runEach(await scenariosOf(revision)),
      reasons: clientReasons,
      required: [...requiredOfClient, ...requiredExtensions],
    });
  return runs;
}

export interface RoleVerdict {
  readonly passed: number;
  readonly failed: number;
  readonly reason: string | undefined;
  readonly fault: string | undefined;
}

/** @returns the result of a scenario, and what is wrong with it, if anything. */
export function judgeRole({ reasons }: RoleRun, { scenario, checks }: ScenarioResult): RoleVerdict {
  const failures = checks.filter(({ status }) => status === 'FAILURE');
  const passed = checks.filter(({ status }) => status === 'SUCCESS').length;
  const reason = reasons.find(([pattern]) => pattern.test(scenario))?.[1];
  const words = failures.map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'failed'}`);
  if (failures.length === 0 && passed > 0) return { passed, failed: 0, reason: undefined, fault: undefined };
  const fault = reason === undefined ? words.join('; ') || 'no check has passed' : undefined;
  return { passed, failed: failures.length, reason, fault };
}

/** @returns everything that is wrong with a role, a line each. */
export function faultsOfRole(run: RoleRun): readonly string[] {
  const ran = run.results.map(({ scenario }) => scenario);
  return [
    ...run.results.flatMap((result) => {
      const { fault } = judgeRole(run, result);
      return fault === undefined ? [] : [`${run.name}: ${result.scenario}: ${fault}`];
    }),
    ...run.required.filter((name) => !ran.includes(name)).map((name) => `${run.name}: ${name} did not run`),
  ];
}
