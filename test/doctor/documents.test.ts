import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { jsonError, jsonReport, reportVersion } from '../../src/doctor/report/json.ts';
import { stepNames } from '../../src/doctor/report/words.ts';
import { everything } from '../../src/doctor/selection.ts';
import { codes, textOf } from '../../src/doctor/texts/index.ts';
import { table } from './fixtures/index.ts';
import { unreachableCases } from './fixtures/scalekit-answers.ts';
import { healthy, world } from './fixtures/world.ts';

const subject = z.strictObject({
  file: z.string().optional().describe('Relative to the project, with /'),
  line: z.int().positive().optional(),
  variable: z.string().optional(),
  url: z.string().optional(),
});

const edit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('set-variable'),
    file: z.string(),
    variable: z.string(),
    value: z.string(),
  }),
  z.strictObject({ kind: z.literal('remove-line'), file: z.string(), line: z.int(), variable: z.string() }),
  z.strictObject({ kind: z.literal('append-line'), file: z.string(), text: z.string() }),
  z.strictObject({ kind: z.literal('replace'), file: z.string(), before: z.string(), after: z.string() }),
  z.strictObject({ kind: z.literal('mode'), file: z.string(), mode: z.int() }),
]);

const step = z.enum(['configuration', 'scalekit', 'server', 'token', 'tools']);

const result = z.strictObject({
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
});

const count = z.int().nonnegative();

/** The document of `--json`; docs/doctor/report.schema.json is made of it. */
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

/** Where nothing was examined. */
const failure = z
  .strictObject({
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
  test.each(cases)('is as its schema says: $name', ({ facts }) => {
    const diagnosis = diagnose(facts, { selection: everything, failOn: 'error' });
    const parsed = report.safeParse(JSON.parse(jsonReport(facts, diagnosis, '1.2.3')));
    expect(parsed.error?.issues).toBeUndefined();
  });

  test.each(['There is no project', undefined])(
    'is as its schema says where nothing was examined',
    (next) => {
      const text = jsonError({ exitCode: 2, code: 'usage', message: 'There is no URL', next }, '1.2.3');
      expect(document.safeParse(JSON.parse(text)).error?.issues).toBeUndefined();
    },
  );

  test('has a schema that is written down', async () => {
    const schema = { ...z.toJSONSchema(document), $id: `scalekit-mcp/doctor/report-${reportVersion}` };
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      '../../docs/doctor/report.schema.json',
    );
  });
});

describe('the documentation', () => {
  test('lists every code', async () => {
    const rows = codes.map((code) => {
      const { title, level, step: where } = textOf(code);
      return `| [${code}](${code}.md) | ${stepNames[where]} | ${level} | ${title} |`;
    });
    const head = ['# All codes', '', '| code | step | | what is wrong |', '|---|---|---|---|'];
    await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot('../../docs/doctor/codes.md');
  });

  test('has no page without a code', () => {
    const pages = readdirSync('docs/doctor').filter((file) => file.startsWith('SKM'));
    expect(pages.sort()).toEqual(codes.map((code) => `${code}.md`));
  });
});
