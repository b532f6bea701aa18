import { join } from 'node:path';
import { ensureScalekit } from '../emulator/of-project.ts';
import { buildProject } from '../project/compile.ts';
import { type RequiredSettings, requireSettings } from '../project/settings.ts';
import { serverUrls } from '../scalekit/index.ts';
import type { Check } from './check.ts';
import builds from './checks/configuration/151-builds.ts';
import { answersAtAll } from './checks/scalekit/201-reachable.ts';
import metadataFound from './checks/scalekit/204-metadata-found.ts';
import issuerMatches from './checks/scalekit/206-issuer-matches.ts';
import starts from './checks/server/302-starts.ts';
import { refusedWith401 } from './checks/server/304-token-required.ts';
import challengeSent from './checks/server/305-challenge-sent.ts';
import challengeNamesMetadata from './checks/server/306-challenge-names-metadata.ts';
import challengeIsAbsolute from './checks/server/307-challenge-is-absolute.ts';
import metadataAtPath from './checks/server/309-metadata-at-path.ts';
import metadataAtRoot from './checks/server/310-metadata-at-root.ts';
import resourceMatches from './checks/server/313-resource-matches.ts';
import namesAuthorizationServer from './checks/server/316-names-authorization-server.ts';
import { type Facts, known, noFacts, type ScalekitFacts, type StartFacts } from './facts/index.ts';
import { forgeryFor } from './gather/forged.ts';
import { gatherScalekit } from './gather/scalekit.ts';
import { askMetadata, gatherServer } from './gather/server.ts';
import { findPlace, type Place, startServer } from './gather/start.ts';
import type { CheckResult } from './model.ts';
import { startRun } from './run-checks.ts';

export interface SelfCheckOptions {
  /** The project: a generated one, with its packages installed. */
  readonly directory: string;
  /** Stops the check, after what it started has been stopped. */
  readonly signal: AbortSignal;
  /** Called with each result as soon as it is known. */
  readonly onResult?: (result: CheckResult) => void;
}

export interface SelfCheck {
  readonly results: readonly CheckResult[];
  /** 0: all is well; 1: an error was found; 3: something could not be checked, e.g. Scalekit does not answer. */
  readonly exitCode: 0 | 1 | 3;
}

const scalekitChecks: readonly Check[] = [answersAtAll, metadataFound, issuerMatches];
const serverChecks: readonly Check[] = [
  metadataAtRoot,
  metadataAtPath,
  resourceMatches,
  namesAuthorizationServer,
  refusedWith401,
  challengeSent,
  challengeNamesMetadata,
  challengeIsAbsolute,
];

function exitCodeOf(results: readonly CheckResult[]): SelfCheck['exitCode'] {
  if (results.some(({ state, level }) => state === 'crashed' || (state === 'found' && level === 'error')))
    return 1;
  return results.some(({ state }) => state === 'unreachable') ? 3 : 0;
}

/** The checks of one stage, run on the facts that it has gathered. */
type Report = (checks: readonly Check[], facts: Partial<Facts>) => void;

async function checkServer(
  options: SelfCheckOptions,
  settings: RequiredSettings,
  place: Place,
  scalekit: ScalekitFacts,
  report: Report,
): Promise<void> {
  const { directory, signal } = options;
  const variables = {
    ...settings.variables,
    PORT: String(place.port),
    MCP_URL: place.mcpUrl,
    SCALEKIT_ENVIRONMENT_URL: scalekit.environmentUrl ?? settings.environmentUrl,
  };
  const server = await startServer(directory, place, variables, signal);
  try {
    const { startError } = server;
    const { port, note } = place;
    const start: StartFacts = {
      port,
      ...(note && { note }),
      ...(startError !== undefined && { startError }),
    };
    report([starts], { start: known(start) });
    if (startError !== undefined) return;
    const { endpoint } = serverUrls(place.mcpUrl);
    const probing = { signal, via: place.via };
    const metadata = askMetadata(endpoint, probing);
    const forgery = Promise.resolve(forgeryFor(endpoint, scalekit));
    const facts = await gatherServer(endpoint, { metadata, forgery }, probing);
    report(serverChecks, { server: known(facts) });
  } finally {
    await server.stop();
  }
}

async function checkInStages(options: SelfCheckOptions, report: Report): Promise<void> {
  const { directory, signal } = options;
  const buildError = await buildProject(directory, signal);
  report([builds], { start: known(buildError === undefined ? {} : { buildError }) });
  if (buildError !== undefined) return;
  const settings = requireSettings(join(directory, '.env'));
  const place = await findPlace(settings.port, settings.mcpUrl);
  const scalekit = await ensureScalekit({ ...settings, mcpUrl: place.mcpUrl });
  try {
    const answers = await gatherScalekit(scalekit.environmentUrl, settings.resourceId, { signal });
    report(scalekitChecks, { scalekit: known({ ...answers, startedHere: scalekit.started }) });
    await checkServer(options, settings, place, answers, report);
  } finally {
    await scalekit.close();
  }
}

/**
 * Builds a new project, starts its server, asks it what a client would ask first, and asks Scalekit about it. Starts the
 * local Scalekit if the project uses it and it is not running. Everything that was started is stopped.
 * @throws UserError when `.env` cannot be read or holds what a server refuses; what aborted the signal.
 */
export async function selfCheck(options: SelfCheckOptions): Promise<SelfCheck> {
  const results: CheckResult[] = [];
  const report: Report = (checks, partial) => {
    const facts: Facts = { ...noFacts('Not asked yet'), ...partial };
    for (const result of checks.flatMap(startRun(facts, checks, []).resultsOf)) {
      results.push(result);
      options.onResult?.(result);
    }
  };
  await checkInStages(options, report);
  return { results, exitCode: exitCodeOf(results) };
}
