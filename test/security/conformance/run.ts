import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeProject, type Template } from '../project.ts';
import { prepareGround, unlimited } from '../server.ts';
import { judgeScenario, type ScenarioResult, type SuiteRun, suiteRuns } from './scenarios.ts';
import { runSuite } from './suite.ts';

/** The suite can't send a token: this stands in between and adds one, and changes nothing else. */
async function startProxy(port: number, token: () => string): Promise<Server> {
  const proxy = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const forwarded = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, authorization: `Bearer ${token()}` } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, 'localhost', resolve));
  return proxy;
}

/** A run of the suite against a server, with what came of it. */
export interface SuiteResult {
  readonly run: SuiteRun;
  readonly results: readonly ScenarioResult[];
}

/** @returns everything that is wrong with a run, a line each. */
export function faultsOfSuite({ run, results }: SuiteResult): readonly string[] {
  const ran = results.map(({ scenario }) => scenario);
  const missing = Object.keys(run.required).filter((name) => !ran.includes(name));
  return [
    ...results.flatMap((result) => {
      const { fault } = judgeScenario(run, result);
      return fault === undefined ? [] : [`${run.name}: ${result.scenario}: ${fault}`];
    }),
    ...missing.map((name) => `${run.name}: ${name} did not run`),
  ];
}

/** Runs the official suite, in all its versions, against a generated server. */
export async function runConformance(template: Template): Promise<readonly SuiteResult[]> {
  const ground = await prepareGround(await makeProject(template), { env: unlimited });
  const proxy = await startProxy(ground.server.port, () => ground.source.forge.token());
  const url = `http://localhost:${(proxy.address() as AddressInfo).port}${ground.target.path}`;
  try {
    const all: SuiteResult[] = [];
    for (const suite of suiteRuns)
      all.push({
        run: suite,
        results: await runSuite(suite.version, ['server', '--url', url, ...suite.args]),
      });
    return all;
  } finally {
    proxy.closeAllConnections();
    proxy.close();
    await ground.close();
  }
}
