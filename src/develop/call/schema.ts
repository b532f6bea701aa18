import { Ajv, addFormats } from '@modelcontextprotocol/client/validators/ajv';
import { printable } from '../../scalekit/index.ts';

/** What Ajv says of a value. */
interface Finding {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Said by the caller, or of no use beside what is wrong inside of them. */
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

function inWords(finding: Finding, given: unknown): string | undefined {
  const { keyword, params, message = 'is wrong' } = finding;
  const path = steps(finding.instancePath);
  if (saidElsewhere.has(keyword) || (keyword === 'required' && path.length === 0)) return undefined;
  const name = printable(path.join('.')) || 'the arguments';
  if (keyword === 'required') return `${name}.${printable(String(params.missingProperty))} is missing`;
  const shown = printable(JSON.stringify(valueAt(given, path)) ?? '');
  if (keyword === 'type') return `${name} is ${shown}, expected ${[params.type].flat().join(' or ')}`;
  if (keyword === 'enum' || keyword === 'const') {
    const allowed = (params.allowedValues ?? [params.allowedValue]) as readonly unknown[];
    return `${name} is ${shown}, expected ${printable(allowed.map((each) => JSON.stringify(each)).join(' or '))}`;
  }
  return `${name} is ${shown}, and ${printable(message)}`;
}

/** The dialects of JSON Schema differ in nothing that tools use, and Ajv refuses those that it was not made for. */
function withoutDialect(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema'));
}

/**
 * Holds a tool's arguments against its input schema.
 * @returns a line for each thing that the schema refuses, but for names at the top; none where the schema itself cannot be
 *   used, since the server looks at the arguments anyway.
 */
export function schemaProblems(given: unknown, schema: object): readonly string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  try {
    addFormats(ajv);
    const validate = ajv.compile(withoutDialect(schema));
    if (validate(given)) return [];
    const findings = (validate.errors ?? []) as readonly Finding[];
    return [...new Set(findings.flatMap((finding) => inWords(finding, given) ?? []))];
  } catch {
    return [];
  }
}
