// From rounds to one row per server and era, and to the verdict on the targets.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installedVersion, sizeOf } from './install.js';
import { folderOf, toolOfTarget } from './targets.js';
import { versionOf } from './tools.js';

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
 * @property {boolean} owned whether it is ours
 * @property {boolean} newTokens
 * @property {boolean} onNode
 * @property {number} shippedMegabytes
 * @property {number} shippedPackages
 */

/** @returns {Row[]} in the order of `loads` */
export function summarise(loads, starts) {
  const rows = loads.map((load) => rowOf(load, starts.get(load.target.project)));
  const [{ cpuMicros: limit }] = rows;
  return rows.map((row) => ({ ...row, timesRaw: row.cpuMicros / limit }));
}

function rowOf({ target, era, rounds, running, loaded }, starts) {
  const of = (measure, among = rounds) => median(among.map((round) => round[measure]));
  // A server that waits for its core, because another program has it, is late through no fault of its own.
  const undisturbed = [...rounds]
    .sort((a, b) => b.serverBusy - a.serverBusy)
    .slice(0, Math.ceil(rounds.length / 2));
  const cpu = rounds.map(({ cpuPerCall }) => cpuPerCall);
  const folder = folderOf(target);
  const { bytes, packages } = shippedSize(target);
  return {
    name: target.name,
    version: target.package ? installedVersion(folder, target.package) : '',
    authorization: target.authorization,
    era,
    owned: Boolean(target.owned),
    newTokens: Boolean(target.newTokens),
    onNode: target.command === undefined,
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
    shippedMegabytes: bytes / 1e6,
    shippedPackages: packages,
  };
}

/** The bare echo needs only its file. */
function shippedSize(target) {
  const shipped = join(folderOf(target), target.ships ?? 'node_modules');
  return existsSync(shipped) ? sizeOf(shipped) : { bytes: 0, packages: 0 };
}

/** @returns {string} the language, or which official SDK and which libraries of ours a server is installed with, e.g. `zod 4.6.7` */
export function builtOn(target) {
  const tool = toolOfTarget(target);
  if (tool) return versionOf(tool) ?? `not measured: there is no ${tool.language} on that machine`;
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

/** @returns {Array<{target: string, measured: string, met: boolean}>} the targets, and what was measured */
export function judge([raw, ...rows]) {
  const own = rows.filter((row) => row.owned && row.onNode);
  const ours = own.filter((row) => !row.newTokens);
  const rivals = rows.filter((row) => !row.owned && row.onNode);
  const worst = (among, measure) => Math.max(...among.map(measure));
  const times = (among, measure) => worst(among, measure) / measure(raw);
  const cpu = times(ours, (row) => row.cpuMicros);
  const newToken = times(own, (row) => row.cpuMicros);
  const start = times(ours, (row) => row.firstAnswerMillis);
  const size = worst(ours, (row) => row.shippedMegabytes);
  return [
    atMost('CPU per call', cpu, 2.5, '× raw'),
    atMost('CPU per call whose token is seen for the first time', newToken, 5, '× raw'),
    atMost('first answer', start, 2.2, "× raw's"),
    atMost('what the image holds', size, 3, 'MB'),
    ...(rivals.length > 0 ? besideRivals(ours, rivals) : []),
  ];
}

function besideRivals(ours, rivals) {
  const least = (among, measure) => Math.min(...among.map(measure));
  const most = (among, measure) => Math.max(...among.map(measure));
  const speed = least(ours, (row) => row.callsPerSecond) / most(rivals, (row) => row.callsPerSecond);
  const [p99, rivalP99] = [most(ours, (row) => row.p99Millis), least(rivals, (row) => row.p99Millis)];
  return [
    {
      target: 'at least twice the throughput of any rival on Node',
      measured: `${speed.toFixed(2)} ×`,
      met: speed >= 2,
    },
    {
      target: 'p99 no worse than that of any rival on Node',
      measured: `${p99.toFixed(1)} ms, best rival ${rivalP99.toFixed(1)} ms`,
      met: p99 <= rivalP99,
    },
  ];
}

function atMost(what, measured, limit, unit) {
  return {
    target: `${what} at most ${limit} ${unit}`,
    measured: `${measured.toFixed(2)} ${unit}`,
    met: measured <= limit,
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
