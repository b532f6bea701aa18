import type { Diagnosis } from '../diagnose.ts';
import type { Facts } from '../facts/index.ts';
import { type CheckResult, type Step, steps } from '../model.ts';
import { canFix, counted, findingsOf, placeOf, sideNames, stepNames, variableOf } from './words.ts';

/** Colours a text, or returns it unchanged. */
export type Paint = (style: 'red' | 'yellow' | 'green' | 'dim' | 'bold' | 'cyan', text: string) => string;

export interface TextOptions {
  readonly paint: Paint;
  /** Characters a line, at least 40. */
  readonly width: number;
  readonly verbose: boolean;
}

const marks = { error: '✗', warning: '▲', advice: '•' } as const;
const colours = { error: 'red', warning: 'yellow', advice: 'cyan' } as const;

/** Breaks a text into aligned lines. */
function wrap(text: string, indent: string, width: number): readonly string[] {
  const lines = [indent];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? indent;
    const joined = last.trim() === '' ? `${last}${word}` : `${last} ${word}`;
    if (joined.length <= width || last.trim() === '') lines[lines.length - 1] = joined;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

/** A value that was seen or expected; it may be long, and have several lines. */
function labelled(label: string, value: string | undefined): readonly string[] {
  if (value === undefined || value === '') return [];
  const [first = '', ...rest] = value.split('\n');
  return [`    ${label.padEnd(9)} ${first}`, ...rest.map((line) => `    ${' '.repeat(9)} ${line}`)];
}

function describeFix(fix: string, { paint, width }: TextOptions): readonly string[] {
  const [first = '', ...rest] = wrap(fix, '      ', width);
  return [`    ${paint('green', '→')} ${first.trimStart()}`, ...rest];
}

/** What goes away with the cause: named, so that nobody looks for it elsewhere. */
function describeConsequences(
  consequences: readonly CheckResult[],
  { paint, width }: TextOptions,
): readonly string[] {
  if (consequences.length === 0) return [];
  const names = new Map(consequences.map(({ code, title }) => [code, title]));
  return [
    paint('dim', '    With it goes:'),
    ...[...names].flatMap(([code, title]) =>
      wrap(`${code} ${title}`, '      ', width).map((line) => paint('dim', line)),
    ),
  ];
}

function describeFinding(result: CheckResult, options: TextOptions): readonly string[] {
  const { paint, width } = options;
  const level = result.level ?? 'error';
  const place = placeOf(result.subject);
  const where = [variableOf(result.subject), place].filter((part) => part !== '').join(' ');
  const head = `${paint(colours[level], `${marks[level]} ${result.code}`)}  ${paint('bold', result.title)}`;
  const side = result.side === undefined ? '' : `${sideNames[result.side]}: `;
  return [
    head,
    ...labelled('where', where),
    ...labelled('found', result.actual),
    ...labelled('expected', result.expected),
    ...wrap(result.detail ?? '', '    ', width).map((line) => paint('dim', line)),
    ...describeFix(`${side}${result.fix ?? ''}`, options),
    ...describeConsequences(result.consequences ?? [], options),
    '',
  ];
}

/** Could not be checked: neither fine nor broken. */
function describeUnreachable(result: CheckResult, options: TextOptions): readonly string[] {
  const { paint } = options;
  const isCrash = result.state === 'crashed';
  const what = isCrash ? 'The doctor failed at this check' : 'Could not check';
  const fix = isCrash ? 'This is a fault of ours: please report it with --save facts.json.' : result.fix;
  return [
    `${paint('yellow', `? ${result.code}`)}  ${paint('bold', `${what}: ${result.title}`)}`,
    ...labelled('because', result.detail),
    ...(fix === undefined ? [] : describeFix(fix, options)),
    '',
  ];
}

function isUnclear({ state }: CheckResult): boolean {
  return state === 'unreachable' || state === 'crashed';
}

function stateMark(results: readonly CheckResult[], paint: Paint): string {
  const has = (test: (result: CheckResult) => boolean) => results.some(test);
  if (has(({ state, level }) => state === 'found' && level === 'error')) return paint('red', marks.error);
  if (has(isUnclear)) return paint('yellow', '?');
  if (has(({ state, level }) => state === 'found' && level === 'warning'))
    return paint('yellow', marks.warning);
  return has(({ state }) => state === 'passed') ? paint('green', '✓') : paint('dim', '–');
}

/** The reason why most of a step's checks were skipped, which is given once for the step. */
function whySkipped(results: readonly CheckResult[]): string {
  const reasons = results.map(({ detail = '' }) => detail);
  const count = (reason: string) => reasons.filter((other) => other === reason).length;
  return [...new Set(reasons)].sort((a, b) => count(b) - count(a))[0] ?? '';
}

function foldedStep(step: Step, all: readonly CheckResult[], paint: Paint): string {
  const results = all.filter((result) => result.step === step);
  const passed = results.filter(({ state }) => state === 'passed').length;
  const skipped = results.filter(({ state }) => state === 'skipped');
  const found = results.filter(({ state }) => state === 'found').length;
  const unclear = results.filter(isUnclear).length;
  const name = stepNames[step].padEnd(13);
  const mark = stateMark(results, paint);
  if (passed + found + unclear === 0)
    return `${mark} ${name} ${paint('dim', `not checked: ${whySkipped(skipped)}`)}`;
  const parts = [
    ...(found > 0 ? [counted(found, 'finding')] : []),
    ...(unclear > 0 ? [`${unclear} could not be checked`] : []),
    ...(passed > 0 ? [`${passed} passed`] : []),
  ];
  return `${mark} ${name} ${parts.join(', ')}`;
}

function verboseLine({ code, title, state, detail }: CheckResult, paint: Paint): string {
  const mark = state === 'passed' ? paint('green', '✓') : paint('dim', '–');
  const more = detail === undefined ? '' : paint('dim', `: ${detail}`);
  return `  ${mark} ${code} ${title}${more}`;
}

/** @param unfolded the step for which the person asked to see every line. */
function describeSteps(
  { results }: Diagnosis,
  unfolded: Step | undefined,
  { paint, verbose: isVerbose }: TextOptions,
): readonly string[] {
  return steps
    .filter((step) => results.some((result) => result.step === step))
    .flatMap((step) => {
      const quiet = results.filter(
        (result) => result.step === step && (result.state === 'passed' || result.state === 'skipped'),
      );
      const isTelling = quiet.some(({ state }) => state === 'passed');
      const isUnfolded = isVerbose || (isTelling && step === unfolded);
      const lines = isUnfolded ? quiet.map((result) => verboseLine(result, paint)) : [];
      return [foldedStep(step, results, paint), ...lines];
    });
}

function describeSummary(diagnosis: Diagnosis, paint: Paint): readonly string[] {
  const { results, summary } = diagnosis;
  const found = (['error', 'warning', 'advice'] as const).filter((level) => summary[level] > 0);
  const words = found.map((level) => counted(summary[level], level));
  if (summary.unreachable + summary.crashed > 0)
    words.push(`${summary.unreachable + summary.crashed} could not be checked`);
  if (words.length === 0) {
    // "Nothing found" would be no praise if nothing was looked at.
    const isWhole = steps
      .slice(0, 5)
      .every((step) => results.some((each) => each.step === step && each.state === 'passed'));
    return [paint('green', isWhole ? 'Nothing is wrong.' : 'Nothing is wrong in what was checked.')];
  }
  const [first] = findingsOf(results);
  const fixable = results.filter(canFix).length;
  return [
    `${words.join(', ')}.`,
    ...(fixable > 0 ? [`${fixable} can be fixed by: npx scalekit-mcp doctor --fix`] : []),
    ...(first === undefined ? [] : [`More about one: npx scalekit-mcp doctor --explain ${first.code}`]),
  ];
}

function headline(facts: Facts): string {
  const name = facts.project.known ? facts.project.value.name : '';
  const url = facts.server.known ? facts.server.value.endpoint : '';
  return ['Doctor', name, url].filter((part) => part !== '').join('  ');
}

/** @returns the report for a person: what is wrong first, then what is fine, folded to one line per step. */
export function textReport(facts: Facts, diagnosis: Diagnosis, options: TextOptions): string {
  const { paint } = options;
  const { results, ignored, verdict } = diagnosis;
  const isGiven = facts.token.known && facts.token.value.source === 'given';
  const unclear = results.filter(isUnclear);
  const lines = [
    paint('bold', headline(facts)),
    '',
    ...findingsOf(results).flatMap((result) => describeFinding(result, options)),
    ...unclear.flatMap((result) => describeUnreachable(result, options)),
    ...describeSteps(
      diagnosis,
      facts.client !== undefined ? 'client' : isGiven ? 'token' : undefined,
      options,
    ),
    ...(verdict === undefined ? [] : ['', ...wrap(verdict, '', options.width)]),
    ...ignored.map(({ code, reason }) => paint('dim', `  ignored ${code}: ${reason}`)),
    '',
    ...describeSummary(diagnosis, paint),
  ];
  return `${lines.join('\n')}\n`;
}

/** @returns one line for each thing that is wrong; nothing if nothing is. */
export function quietReport({ results }: Diagnosis): string {
  const unclear = results.filter(isUnclear);
  const lines = [
    ...findingsOf(results).map(
      ({ level, code, title, subject, actual }) =>
        `${[level, code, placeOf(subject), variableOf(subject)].filter(Boolean).join(' ')}: ${title}${actual === undefined ? '' : ` (${actual})`}`,
    ),
    ...unclear.map(({ state, code, title, detail }) => `${state} ${code}: ${title} (${detail})`),
  ];
  return lines.map((line) => `${line.replaceAll('\n', ' ')}\n`).join('');
}
