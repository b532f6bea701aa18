import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { allChecks } from '../../src/doctor/checks/list.ts';
import { codes, pageOf, wordsOf } from '../../src/doctor/codes.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { intermediaries } from '../../src/doctor/in-front/table.ts';
import { type Code, steps } from '../../src/doctor/model.ts';
import { doctorOptionRows } from '../../src/doctor/options.ts';
import { releases } from '../../src/doctor/releases.ts';
import { jsonReport, reportVersion } from '../../src/doctor/report/json.ts';
import { sideNames, stepNames } from '../../src/doctor/report/words.ts';
import { everything } from '../../src/doctor/selection.ts';
import { compareVersions } from '../../src/doctor/versions.ts';
import { errorDocument } from '../../src/terminal/error-document.ts';
import { UsageError } from '../../src/terminal/errors.ts';
import { version } from '../../src/terminal/version.ts';
import { table } from './fixtures/index.ts';
import { unreachableCases } from './fixtures/scalekit-answers.ts';
import { healthy, world } from './fixtures/world.ts';

const subject = z.strictObject({
  file: z.string().optional().describe('Relative to the project, with /'),
  line: z.int().positive().optional(),
  variable: z.string().optional(),
  url: z.string().optional(),
});

const rules = z.literal('python').optional().describe('By whose rules the file is read; Node’s otherwise');

const edit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('set-variable'),
    file: z.string(),
    variable: z.string(),
    value: z.string(),
    rules,
  }),
  z.strictObject({
    kind: z.literal('remove-line'),
    file: z.string(),
    line: z.int(),
    variable: z.string(),
    rules,
  }),
  z.strictObject({ kind: z.literal('mend-line'), file: z.string(), line: z.int(), rules }),
  z.strictObject({ kind: z.literal('append-line'), file: z.string(), text: z.string() }),
  z.strictObject({ kind: z.literal('replace'), file: z.string(), before: z.string(), after: z.string() }),
  z.strictObject({ kind: z.literal('mode'), file: z.string(), mode: z.int() }),
]);

const step = z.enum([...steps]);

const resultFields = {
  code: z.string().regex(/^SKM\d{3}$/),
  step,
  title: z.string(),
  state: z.enum(['passed', 'found', 'skipped', 'unreachable', 'crashed']),
  level: z.enum(['error', 'warning', 'advice']).optional(),
  side: z
    .enum(['env', 'code', 'proxy', 'dashboard', 'client', 'machine'])
    .optional()
    .describe('Where to mend it'),
  subject: subject.optional().describe('What it is about'),
  actual: z.string().optional(),
  expected: z.string().optional(),
  detail: z.string().optional().describe('Why it matters, what was seen, or why it was not checked'),
  fix: z.string().optional(),
  edits: z.array(edit).optional().describe('What --fix would change'),
  commands: z.array(z.array(z.string())).optional().describe('What --fix would run'),
  page: z.string().describe('Where the code is explained, relative to the package'),
};

const result = z.strictObject({
  ...resultFields,
  consequences: z
    .array(z.strictObject(resultFields))
    .optional()
    .describe('Findings that follow from this one, and go with it'),
});

const count = z.int().nonnegative();

/** The document of `--json`; docs/doctor/report.schema.json is made from it. */
const report = z
  .strictObject({
    version: z.literal(reportVersion),
    tool: z.string(),
    exitCode: z.literal([0, 1, 3]),
    summary: z.strictObject({
      error: count,
      warning: count,
      advice: count,
      passed: count,
      skipped: count,
      unreachable: count,
      crashed: count,
      ignored: count,
    }),
    target: z.strictObject({
      project: z.string().optional(),
      kind: z.enum(['generated', 'fastmcp', 'mcp-use', 'xmcp', 'node', 'python', 'unknown']).optional(),
      endpoint: z.string().optional(),
    }),
    verdict: z
      .string()
      .optional()
      .describe('With a token: what a server should answer, and what this one did'),
    results: z.array(result),
    ignored: z.array(z.strictObject({ code: z.string(), reason: z.string(), title: z.string() })),
  })
  .describe('What was examined');

/** The document when nothing could be examined. */
const failure = z
  .strictObject({
    ok: z.literal(false),
    version: z.literal(reportVersion),
    tool: z.string(),
    exitCode: z.int().positive(),
    error: z.strictObject({ code: z.string(), message: z.string(), next: z.string().optional() }),
  })
  .describe('Why nothing was examined');

const document = z.union([report, failure]).describe('scalekit-mcp doctor --json');

const cases = [
  { name: 'a healthy project', facts: healthy },
  { name: 'no Scalekit', facts: world(unreachableCases[0]?.change ?? (() => {})) },
  ...Object.values(table).flatMap(({ found }) =>
    found.map(({ name, change }) => ({ name, facts: world(change) })),
  ),
];

describe('--json', () => {
  test.each(cases)('matches its schema: $name', ({ facts }) => {
    const diagnosis = diagnose(facts, { selection: everything, failOn: 'error' });
    const parsed = report.safeParse(JSON.parse(jsonReport(facts, diagnosis, '1.2.3')));
    expect(parsed.error?.issues).toBeUndefined();
  });

  test.each(['There is no project', undefined])('matches its schema if nothing was examined', (next) => {
    const error = new UsageError('There is no URL', next === undefined ? {} : { next });
    const said = JSON.parse(JSON.stringify(errorDocument(error, 'scalekit-mcp')));
    expect(document.safeParse(said).error?.issues).toBeUndefined();
  });

  test('has the schema that is written down', async () => {
    const schema = { ...z.toJSONSchema(document), $id: `scalekit-mcp/doctor/report-${reportVersion}` };
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      '../../docs/doctor/report.schema.json',
    );
  });
});

/** How a code's page begins: what the check itself says. */
function headOf(code: Code): string {
  const { title, level, step, side } = wordsOf(code);
  const [first, ...others] = sideNames[side];
  const where = `${first?.toLowerCase()}${others.join('')}`.replace('.env', '`.env`');
  const rank = `${level.charAt(0).toUpperCase()}${level.slice(1)}`;
  return `# ${code}: ${title}\n\n*${rank} · ${stepNames[step]} · to be mended ${where}*\n`;
}

const bodyless =
  '\n## What it means\n\nTo be written.\n\n## What to do\n\nTo be written.\n\n## How the doctor knows\n\nTo be written.\n';

function optionsInMarkdown(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = doctorOptionRows.map(([flag, summary]) => `| \`${cell(flag)}\` | ${cell(summary)} |`);
  return ['| option | does |', '|---|---|', ...rows].join('\n');
}

/** With `-u` this writes what can be written: the list of checks, each page's head, the table of codes. */
describe('what is made from the files of checks', () => {
  test('the list has them all, each with its number and in the folder of its step', async () => {
    const folder = 'src/doctor/checks';
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => /^\w+\/\d{3}-[\w-]+\.ts$/.test(file));
    const others = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(others).toHaveLength(files.length + 1);
    const numberOf = (file: string) => /\d{3}/.exec(file)?.[0] ?? '';
    const byNumber = files.map(numberOf).sort();
    const text = [
      "import type { Check } from '../check.ts';",
      ...files.sort().map((file) => `import c${numberOf(file)} from './${file}';`),
      '',
      '/** Every check, in the order of the journey. Written from the files here by: npx vitest run test/doctor/documents.test.ts -u */',
      'export const allChecks: readonly Check[] = [',
      ...byNumber.map((number) => `  c${number},`),
      '];',
      '',
    ].join('\n');
    await expect(text).toMatchFileSnapshot(`../../${folder}/list.ts`);
    expect(allChecks.map(({ code }) => code)).toEqual(byNumber.map((number) => `SKM${number}`));
    for (const file of files)
      expect(file.startsWith(`${wordsOf(`SKM${Number(numberOf(file))}`).step}/`)).toBe(true);
  });

  test.each(codes)('%s has a page that begins with its title and says what to do', async (code) => {
    const page = existsSync(pageOf(code)) ? readFileSync(pageOf(code), 'utf8') : bodyless;
    const body = page.slice(page.indexOf('\n## What it means'));
    await expect(`${headOf(code)}${body}`).toMatchFileSnapshot(`../../${pageOf(code)}`);
    for (const heading of ['## What it means', '## What to do', '## How the doctor knows'])
      expect(body).toContain(heading);
    expect(body).not.toContain('To be written.');
  });

  test('products recognised in front of a server are listed with their sources', async () => {
    const rows = intermediaries.map(({ name, source }) => `| ${name} | ${source.replaceAll('|', '\\|')} |`);
    const head = [
      '# What the doctor recognises in front of a server',
      '',
      'An answer that comes from something in between gets its own finding (SKM342 to SKM348), with the line that fixes it in that',
      'product’s configuration. Each product is recognised by what its documentation says about its answers, or by what was seen.',
      '',
      '| product | known by |',
      '|---|---|',
    ];
    await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot(
      '../../docs/doctor/intermediaries.md',
    );
  });

  test('the README lists every option', async () => {
    const file = 'docs/doctor/README.md';
    const readme = readFileSync(file, 'utf8');
    const table = /(?<=## Options\n\n)(?:\|.*\n)+/;
    await expect(readme.replace(table, () => `${optionsInMarkdown()}\n`)).toMatchFileSnapshot(
      `../../${file}`,
    );
  });

  test('the table lists every code', async () => {
    const rows = codes.map((code) => {
      const { title, level, step: where } = wordsOf(code);
      return `| [${code}](${code}.md) | ${stepNames[where]} | ${level} | ${title} |`;
    });
    const head = ['# All codes', '', '| code | step | | what is wrong |', '|---|---|---|---|'];
    await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot('../../docs/doctor/codes.md');
  });

  test('the changelog has every release, this one first', async () => {
    const titles = { security: 'Security', fix: 'Fixed', change: 'Changed', new: 'New' } as const;
    const entries = releases.map(({ version, changes }) => {
      const kinds = (['security', 'fix', 'change', 'new'] as const).filter((kind) =>
        changes.some((change) => change.kind === kind),
      );
      const lists = kinds.map((kind) => {
        const lines = changes.filter((change) => change.kind === kind).map(({ what }) => `- ${what}.`);
        return [`### ${titles[kind]}`, '', ...lines].join('\n');
      });
      return [`## ${version}`, ...lists].join('\n\n');
    });
    const head =
      '# Changelog\n\nThe three packages are released together, under one version. Written from `src/doctor/releases.ts`, which the doctor reads, too.';
    await expect(`${[head, ...entries].join('\n\n')}\n`).toMatchFileSnapshot('../../CHANGELOG.md');
    expect(releases[0]?.version).toBe(version);
    expect(releases.map(({ version: each }) => each)).toEqual(
      releases.map(({ version: each }) => each).sort((a, b) => compareVersions(b, a)),
    );
  });

  test('there is no page without a code', () => {
    const pages = readdirSync('docs/doctor').filter((file) => file.startsWith('SKM'));
    expect(pages.sort()).toEqual(codes.map((code) => `${code}.md`));
  });
});
