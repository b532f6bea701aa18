import { machine } from '../../security/attack/report.ts';
import type { SqliteRun } from '../stores/sqlite-killed.ts';
import type { FaultRun, Outcome } from './run.ts';
import { callsPerMinute } from './site.ts';

const row = (...cells: ReadonlyArray<string | number>): string => `| ${cells.join(' | ')} |`;
const thousands = (number: number): string => Math.round(number).toLocaleString('en-US');

function line({ fault, rounds, calls, inFlight, failures, p99, recovery }: Outcome): string {
  const others = failures.length === 0 ? '0' : `**${failures.length}**`;
  const seconds = (recovery / 1000).toFixed(1);
  return row(fault.name, fault.what, rounds, thousands(calls), inFlight, others, thousands(p99), seconds);
}

/** @returns docs/reliability.md. @param complaints what must not have happened. */
export function page(run: FaultRun, sqlite: SqliteRun, complaints: readonly string[]): string {
  const { balance, probes } = run;
  const faults = complaints.map((complaint) => `- **${complaint.replaceAll('|', '\\|')}**`);
  return [
    '# What a generated server withstands',
    '',
    '<!-- Written by `npm run reliability`: change test/world/reliability or what it tries, not this page. -->',
    '',
    'Three replicas of a generated `--store postgres` project, each the built file as its image runs it, behind nginx, with Postgres, Redis and a local',
    `Scalekit: real programs on one machine. ${run.users} users with the official clients (SDK 1, client 2 in both protocol eras) create, change, delete, list and`,
    'read todos, and ask for those of others, eight times a second each, while all this happens:',
    '',
    row(
      'fault',
      'what is done',
      'times',
      'calls meanwhile',
      'failed: in flight on the killed process',
      'failed: others',
      'p99 meanwhile, ms',
      's until p99 was as before',
    ),
    row('---', '---', '---:', '---:', '---:', '---:', '---:', '---:'),
    ...run.outcomes.map(line),
    '',
    `- ${thousands(run.calls)} calls in ${thousands(run.seconds)} s. p99 was ${thousands(run.baseline)} ms before the first fault; "as before" is below ${thousands(run.recovered)} ms, over 150 calls: it shows that`,
    '  nothing queues, not how quick a server is ([performance.md](performance.md)).',
    `- Of ${thousands(balance.writes)} acknowledged writes ${balance.missing.length} were missing afterwards. ${balance.unexpected.length} todos were there that nobody had made, or twice.`,
    `- ${balance.foreign.length} todos were seen by somebody else.`,
    `- A limit of ${callsPerMinute} calls a minute, over all replicas, before and after all this: of ${probes[0]?.sent} calls of one user ${probes.map(({ passed }) => passed).join(' and ')} passed.`,
    '  While Redis is away each replica counts for itself, and says so.',
    '- While Postgres restarts calls wait for it, for up to ten seconds.',
    '',
    '## SQLite',
    '',
    `A generated \`--store sqlite\` server under the load of ${sqlite.writers} writers, killed with \`kill -9\` ${sqlite.rounds} times, each time after another number of answers: of`,
    `${thousands(sqlite.acknowledged)} acknowledged writes ${sqlite.missing.length} were missing; \`PRAGMA integrity_check\` says ${sqlite.integrity}.`,
    '',
    '## What must not be',
    '',
    ...(faults.length === 0 ? ['Nothing of it was.'] : faults),
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}, on ${machine()}, Node.js ${process.versions.node}. Again, by yourself: \`npm run reliability\`. A shorter form of it, each fault once, is`,
    'part of `npm run test:world`.',
    '',
  ].join('\n');
}
