import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { specificationSection } from '../../server/specification/table.ts';
import { repository } from '../../support/repository.ts';
import { machine, plain } from '../attack/report.ts';
import { dependencyVersions } from '../own.ts';
import { faultsOfRole, judgeRole, type RoleRun, runAuthorizationServer, runClient } from './roles.ts';
import { faultsOfSuite, runConformance, type SuiteResult } from './run.ts';
import { judgeScenario, reasonFor } from './scenarios.ts';
import { suiteNode } from './suite.ts';

const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

function section({ run, results }: SuiteResult): string[] {
  const rows = results.map((result) => {
    const { passed, failed, fault } = judgeScenario(result);
    const verdict = fault
      ? `**fails: ${plain(fault)}**`
      : failed === 0 && passed > 0
        ? 'passes'
        : 'not in full';
    const why = failed === 0 && passed > 0 ? '' : (reasonFor(result.scenario) ?? '');
    return row(result.scenario, passed, failed, verdict, why);
  });
  const passing = rows.filter((line) => line.includes('| passes |')).length;
  return [
    `## ${run.name[0]?.toUpperCase()}${run.name.slice(1)}`,
    '',
    `${results.length} scenarios, ${passing} passed in full.`,
    '',
    row('scenario', 'checks passed', 'failed', 'result', 'why not in full'),
    row('---', '---:', '---:', '---', '---'),
    ...rows,
    '',
  ];
}

function roleSection(run: RoleRun): string[] {
  const verdicts = run.results.map((result) => ({ ...judgeRole(run, result), scenario: result.scenario }));
  const rows = verdicts.map(({ scenario, passed, failed, reason, fault }) =>
    row(scenario, passed, failed, fault ? `**fails: ${plain(fault)}**` : (reason ?? 'passes')),
  );
  const passing = verdicts.filter(({ reason, fault }) => reason === undefined && fault === undefined).length;
  return [
    `## ${run.name}`,
    '',
    `${run.intro} ${verdicts.length} scenarios, ${passing} passed in full.`,
    '',
    row('scenario', 'checks passed', 'failed', 'result, or why it does not apply'),
    row('---', '---:', '---:', '---'),
    ...rows,
    '',
  ];
}

/** Runs the official suite and writes docs/conformance.md. @returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error(
      'Usage: npm run conformance\n\nRuns the official conformance suite against a server, the local Scalekit and our own client, and writes docs/conformance.md.',
    );
    return args.includes('--help') ? 0 : 2;
  }
  const all = await runConformance();
  const roles = [await runAuthorizationServer(), ...(await runClient())];
  const versions = [...(await dependencyVersions())].map(([name, version]) => `${name} ${version}`);
  const text = [
    '# Official conformance',
    '',
    '<!-- Written by `npm run conformance`: change the server or test/security/conformance, not this page. -->',
    '',
    'The [official suite](https://github.com/modelcontextprotocol/conformance) in the three roles that it has: a server, the local Scalekit,',
    'and our own client. The server has the tools, resources and prompts that the suite asks for, made with the public interface of',
    '`scalekit-mcp-server` alone (test/security/conformance/everything.ts). It is behind a proxy that adds the access token, which the suite',
    'cannot send. What it does not pass is deprecated since 2026-07-28 or needs sessions, which a stateless server does not have.',
    '',
    `Measured on ${new Date().toISOString().slice(0, 10)}, on ${machine()}; the suite on Node.js ${suiteNode}, the server on Node.js ${process.versions.node} with ${versions.join(', ')}.`,
    'Again, by yourself: `npm run conformance`. The last section says which test holds what the specification asks for.',
    '',
    ...all.flatMap(section),
    ...roles.flatMap(roleSection),
    ...specificationSection(),
  ].join('\n');
  await writeFile(join(repository, 'docs', 'conformance.md'), `${text.trimEnd()}\n`);
  const faults = [...all.flatMap(faultsOfSuite), ...roles.flatMap(faultsOfRole)];
  for (const { run, results } of all) console.log(`${run.name}: ${results.length} scenarios`);
  for (const { name, results } of roles) console.log(`${name}: ${results.length} scenarios`);
  console.log(faults.length > 0 ? faults.join('\n') : 'Every scenario that applies passes.');
  console.log('Wrote docs/conformance.md.');
  return faults.length > 0 ? 1 : 0;
}
