import { readdir, readFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nodeBinary, npmPackages } from '../../support/packages.ts';
import { run } from '../../support/program.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import { makeProject, type Template } from '../project.ts';
import { prepareGround, unlimited } from '../server.ts';
import { type Check, type ScenarioResult, type SuiteRun, suiteRuns } from './scenarios.ts';

/** The suite needs Node.js 22 or later. */
export const suiteNode = 24;

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

/** @returns the scenarios of an output directory: one folder each, named after scenario and time. */
async function readResults(directory: string): Promise<readonly ScenarioResult[]> {
  const folders = (await readdir(directory)).sort();
  return Promise.all(
    folders.map(async (folder) => ({
      scenario: folder.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\dZ-]+$/, ''),
      checks: JSON.parse(await readFile(join(directory, folder, 'checks.json'), 'utf8')) as readonly Check[],
    })),
  );
}

/** Runs one version of the suite against a URL. */
async function runSuite(suite: SuiteRun, url: string): Promise<readonly ScenarioResult[]> {
  const installed = await npmPackages([`@modelcontextprotocol/conformance@${suite.version}`]);
  const program = join(installed, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
  const directory = await makeDirectory();
  try {
    const args = ['server', '--url', url, '--output-dir', join(directory, 'results'), ...suite.args];
    // It ends with 1 as soon as one scenario fails, which many must.
    await run(await nodeBinary(suiteNode), [program, ...args], { cwd: directory });
    return await readResults(join(directory, 'results'));
  } finally {
    await removeDirectory(directory);
  }
}

export interface SuiteResult {
  readonly run: SuiteRun;
  readonly results: readonly ScenarioResult[];
}

/** Runs the official suite, in all its versions, against a generated server. */
export async function runConformance(template: Template): Promise<readonly SuiteResult[]> {
  const ground = await prepareGround(await makeProject(template), { env: unlimited });
  const proxy = await startProxy(ground.server.port, () => ground.source.forge.token());
  const url = `http://localhost:${(proxy.address() as AddressInfo).port}${ground.target.path}`;
  try {
    const all: SuiteResult[] = [];
    for (const suite of suiteRuns) all.push({ run: suite, results: await runSuite(suite, url) });
    return all;
  } finally {
    proxy.closeAllConnections();
    proxy.close();
    await ground.close();
  }
}
