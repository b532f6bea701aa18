// Prints the test files that failed, a line each: node .ci/failed.js <report of vitest, JSON>
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [report] = process.argv.slice(2);
if (report !== undefined && existsSync(report)) {
  for (const { name, status } of JSON.parse(readFileSync(report, 'utf8')).testResults)
    if (status === 'failed') process.stdout.write(`${relative(process.cwd(), name)}\n`);
}
