import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEmulator } from '../../../src/emulator/index.ts';
import { freeMcpUrl, startServer } from '../../../src/server/testing/index.ts';
import { prompts, resources, scopes, tools } from './everything.ts';
import { judgeScenario, type ScenarioResult, type SuiteRun, suiteRuns } from './scenarios.ts';
import { runSuite } from './suite.ts';

/** The suite can't send a token: this proxy adds one, and changes nothing else. */
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

/** A run of the suite against a server, with its results. */
export interface SuiteResult {
  readonly run: SuiteRun;
  readonly results: readonly ScenarioResult[];
}

/** @returns everything that is wrong with a run, a line each. */
export function faultsOfSuite({ run, results }: SuiteResult): readonly string[] {
  const missing = run.scenarios - results.length;
  return [
    ...results.flatMap((result) => {
      const { fault } = judgeScenario(result);
      return fault === undefined ? [] : [`${run.name}: ${result.scenario}: ${fault}`];
    }),
    ...(missing === 0 ? [] : [`${run.name}: ${results.length} scenarios ran, not ${run.scenarios}`]),
  ];
}

/** Runs all versions of the official suite against the server that it requires. */
export async function runConformance(): Promise<readonly SuiteResult[]> {
  const scalekit = await startEmulator({
    mcpUrl: await freeMcpUrl(),
    scopes: scopes.names,
  });
  const server = await startServer({ scalekit, scopes, tools, resources, prompts });
  const token = await scalekit.mint({ expiresIn: 12 * 60 * 60 });
  const proxy = await startProxy(Number(new URL(server.url).port), () => token);
  const { pathname } = new URL(server.endpoint);
  const url = `http://localhost:${(proxy.address() as AddressInfo).port}${pathname}`;
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
    await server.stop(0);
  }
}
