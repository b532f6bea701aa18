import { Ajv, addFormats } from '@modelcontextprotocol/client/validators/ajv';
import { printable } from '../../scalekit/index.ts';

/** What Ajv says about a value. */
interface Finding {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Reported by the caller, or useless beside what is wrong inside them. */
const saidElsewhere: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties', 'if']);

function steps(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value);
}

/** What a finding expects of its value, if that is a word or a list of values. */
function expectedBy({ keyword, params }: Finding): readonly string[] | undefined {
  if (keyword === 'type') return [params.type].flat().map(String);
  if (keyword === 'const') return [JSON.stringify(params.allowedValue)];
  if (keyword === 'enum')
    return (params.allowedValues as readonly unknown[]).map((each) => JSON.stringify(each));
  return undefined;
}

/** The findings about one value: every branch of a choice (`anyOf`) says what it would have accepted. */
function inWords(path: readonly string[], findings: readonly Finding[], given: unknown): readonly string[] {
  const name = printable(path.join('.')) || 'the arguments';
  const said = findings.filter(
    ({ keyword }) => !saidElsewhere.has(keyword) && (keyword !== 'required' || path.length > 0),
  );
  const missing = said.filter(({ keyword }) => keyword === 'required');
  const lines = missing.map(
    ({ params }) => `${name}.${printable(String(params.missingProperty))} is missing`,
  );
  const shown = printable(JSON.stringify(valueAt(given, path)) ?? '');
  const others = said.filter((finding) => finding.keyword !== 'required' && !expectedBy(finding));
  // "Must match a schema in anyOf" adds nothing to what its branches say.
  const telling = others.filter(({ keyword }) => !/^(?:any|one|all)Of$/.test(keyword));
  const isChoice = telling.length < others.length;
  const expected = said.flatMap((finding) => expectedBy(finding) ?? []);
  // If one branch accepts the value except for its size or format, report that, and not that other branches want null.
  if (expected.length > 0 && !(isChoice && telling.length > 0))
    lines.push(`${name} is ${shown}, expected ${printable([...new Set(expected)].join(' or '))}`);
  const rest = telling.length > 0 || lines.length > 0 ? telling : others;
  return [
    ...lines,
    ...rest.map(({ message = 'is wrong' }) => `${name} is ${shown}, and ${printable(message)}`),
  ];
}

/** The dialects of JSON Schema do not differ in what tools use, but Ajv refuses those that it does not know. */
function withoutDialect(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema'));
}

/**
 * Checks a tool's arguments against its input schema.
 * @returns a line for each thing that the schema refuses, except unknown names at the top; none if the schema itself cannot be
 *   used, since the server checks the arguments anyway.
 */
export function schemaProblems(given: unknown, schema: object): readonly string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  try {
    addFormats(ajv);
    const validate = ajv.compile(withoutDialect(schema));
    if (validate(given)) return [];
    const findings = (validate.errors ?? []) as readonly Finding[];
    const paths = [...new Set(findings.map(({ instancePath }) => instancePath))];
    const lines = paths.flatMap((path) => {
      const here = findings.filter(({ instancePath }) => instancePath === path);
      return inWords(steps(path), here, given);
    });
    return [...new Set(lines)];
  } catch {
    return [];
  }
}
