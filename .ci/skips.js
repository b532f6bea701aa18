// Fails if a test was skipped that may not be: node .ci/skips.js <report of vitest, JSON>…
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Tests that may be skipped, by a part of their name, and why. */
const allowed = [
  ['a parent folder without write permission', 'root may write anywhere', () => process.getuid?.() === 0],
  ['disks', 'needs a file system mounted, which some machines forbid', () => process.getuid?.() !== 0],
];

const passedFiles = (report) =>
  JSON.parse(readFileSync(report, 'utf8')).testResults.filter(({ status }) => status !== 'failed');

const skipped = process.argv.slice(2).flatMap((file) =>
  // A file that failed has run again, and then stands in the report of that.
  passedFiles(file).flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => ({ file: relative(process.cwd(), name), name: fullName })),
  ),
);

let refused = 0;
for (const { file, name } of skipped) {
  const [, reason] = allowed.find(([part, , applies]) => name.includes(part) && applies()) ?? [];
  process.stdout.write(`skipped: ${file}: ${name}: ${reason ?? 'nothing allows that'}\n`);
  if (reason === undefined) refused += 1;
}
if (refused > 0) {
  process.stderr.write(
    `${refused} tests were skipped that may not be. Install what they need, or name them in .ci/skips.js.\n`,
  );
  process.exitCode = 1;
}
