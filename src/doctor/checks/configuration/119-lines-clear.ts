import type { EnvOddity, OddLine } from '../../../project/env-oddities.ts';
import { variableAliases, variableNames } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { EnvFile, ProjectFacts } from '../../facts/index.ts';
import { type Finding, found } from '../../model.ts';

interface Words {
  /** What is there; never the value, which may be a secret. */
  actual(name: string): string;
  expected(name: string): string;
  readonly title: string;
  readonly fix: string;
}

const assignment = (name: string) => `${name || 'NAME'}=value`;
const copied = 'Type it again; text copied from a web page or a chat brings such characters along.';

const words: Readonly<Record<EnvOddity, Words>> = {
  'invisible-name': {
    title: 'An invisible character in .env hides a variable',
    actual: (name) => `an invisible character in or before ${name || 'a comment'}`,
    expected: (name) => (name === '' ? 'a # as the first character of the line' : assignment(name)),
    fix: copied,
  },
  'invisible-value': {
    title: 'A value in .env begins or ends with an invisible character',
    actual: (name) => `an invisible character at an end of ${name}`,
    expected: assignment,
    fix: copied,
  },
  returns: {
    title: 'Lines of .env end with a carriage return alone',
    actual: () => 'several lines that are one line to the program',
    expected: () => 'a line feed at the end of each line',
    fix: 'Save the file with line feeds (LF) as line ends.',
  },
  colon: {
    title: 'A line of .env has a colon where the = belongs',
    actual: (name) => `${name}: value`,
    expected: assignment,
    fix: 'Write = in place of the colon; this is not YAML.',
  },
  prefix: {
    title: 'A line of .env is a shell command',
    actual: (name) => `a command before ${name}`,
    expected: assignment,
    fix: 'Remove what stands before the name. Only export and one space may stand there.',
  },
  name: {
    title: 'A name in .env is not the name of a variable',
    actual: (name) => `${name.slice(0, 40)}=…`,
    expected: () => 'a name of letters, digits and _',
    fix: 'Write one assignment per line, and comments on lines of their own that begin with #.',
  },
  'open-quote': {
    title: 'A quote in .env is not closed where it should be',
    actual: (name) => `${name} begins with a quote that has no end on its line`,
    expected: (name) => `${name || 'NAME'}="value"`,
    fix: 'Close the quote, or remove it: values need quotes only for spaces, # and several lines.',
  },
  'after-quote': {
    title: 'Text behind a closing quote in .env is lost',
    actual: (name) => `${name} has text behind its closing quote`,
    expected: (name) => `${name}="all of the value"`,
    fix: 'Put the whole value in the quotes, or a # before what is a comment.',
  },
  'only-blanks': {
    title: 'An empty value in .env takes the next line',
    actual: (name) => `${name}= with blanks behind it, for which Node.js 22 and later take the next line`,
    expected: (name) => `${name}= and the end of the line`,
    fix: 'Remove the blanks.',
  },
  nothing: {
    title: 'A line of .env sets nothing',
    actual: (name) => (name === '' ? 'a line without =' : `${name} without =`),
    expected: assignment,
    fix: 'Write NAME=value, or a # before what is a comment. Node.js 20 runs such a line into the next name.',
  },
};

const ours: ReadonlySet<string> = new Set([...variableNames, ...Object.values(variableAliases).flat()]);

/** Our server drops white space at the ends of a value, whatever it is; characters of no width it cannot. */
function isHarmless({ oddity, name }: OddLine, { lines }: EnvFile, { kind }: ProjectFacts): boolean {
  if (oddity !== 'invisible-value' || kind !== 'generated') return false;
  const value = lines.findLast((line) => line.name === name)?.value ?? '';
  return !/^\p{Cf}|\p{Cf}$/u.test(value);
}

function findingOf(odd: OddLine, env: EnvFile, project: ProjectFacts): Finding {
  const { line, oddity, name, isMendable } = odd;
  const { file, rules } = env;
  const { title, fix, actual, expected } = words[oddity];
  const isSerious = (name === '' ? oddity === 'returns' : ours.has(name)) && !isHarmless(odd, env, project);
  return {
    subject: { file, line, ...(name === '' ? {} : { variable: name }) },
    level: isSerious ? 'error' : 'warning',
    title,
    fix,
    actual: `line ${line}: ${actual(name)}`,
    expected: expected(name),
    edits: isMendable ? [{ kind: 'mend-line', file, line, ...(rules && { rules }) }] : [],
  };
}

export default defineCheck({
  code: 'SKM119',
  level: 'warning',
  side: 'env',
  holds: 'Every line of .env says what it seems to',
  title: 'A line of .env does not say what it seems to',
  why: 'Programs read .env line by line as NAME=value, character by character. What differs is ignored, or becomes part of a name or a value.',
  fix: 'Write the line as NAME=value.',
  explains: [
    ...(['SKM102', 'SKM103', 'SKM104', 'SKM105', 'SKM106', 'SKM108', 'SKM110', 'SKM111'] as const),
    ...(['SKM112', 'SKM301', 'SKM302'] as const),
  ],
  run: (facts) =>
    withProject(facts, (project) =>
      found(
        ...project.envFiles
          .filter(({ unread }) => !unread)
          .flatMap((env) => (env.odd ?? []).map((odd) => findingOf(odd, env, project))),
      ),
    ),
});
