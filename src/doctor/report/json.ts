import { jsonText } from '../../terminal/json.ts';
import { pageOf } from '../codes.ts';
import type { Diagnosis } from '../diagnose.ts';
import type { Facts } from '../facts/index.ts';
import type { CheckResult } from '../model.ts';

/** The version of the document's format. It increases when a field is renamed, removed or changes its meaning. */
export const reportVersion = 1;

/** A result with the page of its code; its consequences get theirs, too. */
function withPage({ consequences, ...result }: CheckResult): object {
  const further = consequences === undefined ? {} : { consequences: consequences.map(withPage) };
  return { ...result, page: pageOf(result.code), ...further };
}

/** @returns the one document of `--json`, as docs/doctor/report.schema.json describes it. */
export function jsonReport(facts: Facts, diagnosis: Diagnosis, toolVersion: string): string {
  const { project, server } = facts;
  const document = {
    version: reportVersion,
    tool: `scalekit-mcp ${toolVersion}`,
    exitCode: diagnosis.exitCode,
    summary: diagnosis.summary,
    target: {
      ...(project.known ? { project: project.value.name, kind: project.value.kind } : {}),
      ...(server.known ? { endpoint: server.value.endpoint } : {}),
    },
    ...(diagnosis.verdict === undefined ? {} : { verdict: diagnosis.verdict }),
    results: diagnosis.results.map(withPage),
    ignored: diagnosis.ignored,
  };
  return jsonText(document);
}
