// From rounds to one row a server and era, and to the verdict on the targets.
import { installedSize, installedVersion } from './install.js';
import { folderOf } from './targets.js';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} version
 * @property {string} authorization
 * @property {string} era
 * @property {number} cpuMicros CPU time of the server per call; median of the rounds
 * @property {[number, number]} cpuSpread the quickest and the slowest round
 * @property {number} timesRaw
 * @property {number} callsPerSecond median
 * @property {number} p50Millis median of the rounds' medians
 * @property {number} p99Millis median of the rounds' 99th percentiles
 * @property {number} serverBusy share of the wall time that the server computed; 1 is its whole core
 * @property {number} generatorBusy the same for the load generator
 * @property {number} firstAnswerMillis
 * @property {number} idleMegabytes
 * @property {number} loadedMegabytes
 * @property {number} installedMegabytes
 * @property {number} installedPackages
 */

/** @returns {Row[]} in the order of `loads` */
export function summarise(loads, starts) {
  const rows = loads.map((load) => rowOf(load, starts.get(load.target.name)));
  const [{ cpuMicros: limit }] = rows;
  return rows.map((row) => ({ ...row, timesRaw: row.cpuMicros / limit }));
}

function rowOf({ target, era, rounds, running, loaded }, starts) {
  const of = (measure, among = rounds) => median(among.map((round) => round[measure]));
  // A server that waits for its core, because another program has it, answers late through no fault of its own.
  const undisturbed = [...rounds]
    .sort((a, b) => b.serverBusy - a.serverBusy)
    .slice(0, Math.ceil(rounds.length / 2));
  const cpu = rounds.map(({ cpuPerCall }) => cpuPerCall);
  const folder = folderOf(target);
  const { bytes, packages } = installedSize(folder);
  return {
    name: target.name,
    version: target.package ? installedVersion(folder, target.package) : '',
    authorization: target.authorization,
    era,
    owned: Boolean(target.owned),
    cpuMicros: of('cpuPerCall'),
    cpuSpread: [Math.min(...cpu), Math.max(...cpu)],
    callsPerSecond: of('callsPerSecond', undisturbed),
    p50Millis: of('p50', undisturbed) / 1e3,
    p99Millis: of('p99', undisturbed) / 1e3,
    serverBusy: of('serverBusy', undisturbed),
    generatorBusy: of('generatorBusy', undisturbed),
    firstAnswerMillis: median(starts),
    idleMegabytes: running.idleBytes / 1e6,
    loadedMegabytes: loaded.peak / 1e6,
    installedMegabytes: bytes / 1e6,
    installedPackages: packages,
  };
}

/** @returns {string} which official SDK and which libraries of ours a server is installed with, e.g. `zod 4.6.7` */
export function builtOn(target) {
  const names = [
    '@modelcontextprotocol/server',
    '@modelcontextprotocol/sdk',
    'express',
    'hono',
    'jose',
    'zod',
  ];
  return names
    .map((name) => [name, installedVersion(folderOf(target), name)])
    .filter(([, version]) => version !== undefined)
    .map((pair) => pair.join(' '))
    .join(', ');
}

/** @returns {Array<{target: string, measured: string, met: boolean}>} what we want to reach, against what was measured */
export function judge([raw, ...rows]) {
  const ours = rows.filter((row) => row.owned);
  const rivals = rows.filter((row) => !row.owned);
  const worst = (measure) => Math.max(...ours.map(measure));
  const best = (measure) => Math.min(...rivals.map(measure));
  const cpu = worst((row) => row.cpuMicros) / raw.cpuMicros;
  const speed =
    Math.min(...ours.map((row) => row.callsPerSecond)) / Math.max(...rivals.map((row) => row.callsPerSecond));
  const [p99, rivalP99] = [worst((row) => row.p99Millis), best((row) => row.p99Millis)];
  const [start, rivalStart] = [worst((row) => row.firstAnswerMillis), best((row) => row.firstAnswerMillis)];
  const size = worst((row) => row.installedMegabytes);
  return [
    { target: 'CPU per call at most 8 × raw', measured: `${cpu.toFixed(1)} ×`, met: cpu <= 8 },
    {
      target: "at least twice the best rival's throughput",
      measured: `${speed.toFixed(2)} ×`,
      met: speed >= 2,
    },
    {
      target: "p99 no worse than any rival's",
      measured: `${p99.toFixed(1)} ms, best rival ${rivalP99.toFixed(1)} ms`,
      met: p99 <= rivalP99,
    },
    {
      target: "cold start below every rival's",
      measured: `${start.toFixed(0)} ms, best rival ${rivalStart.toFixed(0)} ms`,
      met: start < rivalStart,
    },
    { target: 'production node_modules at most 25 MB', measured: `${size.toFixed(1)} MB`, met: size <= 25 },
  ];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
