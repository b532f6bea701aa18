import { UsageError } from '../terminal/errors.ts';
import { flagOf, type JsonForm, type OptionName, optionNames, optionOf } from './options.ts';

// Forms are written out as JSON Schema and checked by hand: a schema library would be a quarter of all that create downloads,
// for eighteen members of one level.

/** The JSON type of an option. Its rule in the table checks the rest. */
interface Form {
  readonly schema: object;
  /** The same in words, for errors. */
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const isText = (value: unknown) => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf = (value: unknown, isEntry: (entry: unknown) => boolean) =>
  Array.isArray(value) && value.every(isEntry);

const text = { type: 'string' };
const orText = (schema: object) => ({ anyOf: [schema, text] });

/** @param names that the option can have. */
const forms: Readonly<Record<JsonForm, (names: readonly string[]) => Form>> = {
  text: () => ({ schema: text, expected: 'a string', accepts: isText }),
  number: () => ({
    schema: { type: 'integer', minimum: 1, maximum: 65_535 },
    expected: 'a whole number from 1 to 65535',
    accepts: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
  }),
  switch: () => ({
    schema: { type: 'boolean' },
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
  }),
  list: () => ({
    schema: orText({ type: 'array', items: text }),
    expected: 'an array of strings, or a string',
    accepts: (value) => isText(value) || isListOf(value, isText),
  }),
  object: () => ({
    schema: orText({ type: 'object' }),
    expected: 'an object, or a string',
    accepts: (value) => isText(value) || isObject(value),
  }),
  choice: (names) => ({
    schema: { ...text, enum: names },
    expected: `one of ${names.join(', ')}`,
    accepts: (value) => names.includes(value as string),
  }),
  choices: (names) => ({
    schema: orText({ type: 'array', items: { ...text, enum: names } }),
    expected: `an array of ${names.join(', ')}, or a string`,
    accepts: (value) => isText(value) || isListOf(value, (entry) => names.includes(entry as string)),
  }),
};

function formOf(name: OptionName): Form {
  const { form, choices = [] } = optionOf(name);
  const names = choices.map(({ value }) => String(value));
  // A list without entries says the same as `none`.
  return forms[form](form === 'choices' ? names.filter((each) => each !== 'none') : names);
}

/** An option's meaning, its default, and which of its values are not in this version. */
function describeOption(name: OptionName): string {
  const { summary, default: fallback, choices = [] } = optionOf(name);
  const later = choices.filter((choice) => choice.notYet).map((choice) => choice.value);
  const remarks = [
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(later.length === 0 ? [] : [`not in this version yet: ${later.join(', ')}`]),
  ];
  return remarks.length === 0 ? summary : `${summary} (${remarks.join('; ')})`;
}

/** Answers say what to create; how the program runs (`--json`, `--yes`, …) is set by flags alone. */
const answerNames = optionNames.filter((name) => optionOf(name).mode !== true);

/** @returns the JSON Schema (2020-12) of `--answers`, made from the table of options. */
export function answersJsonSchema(): Record<string, unknown> {
  const members = answerNames.map((name) => [
    name,
    { ...formOf(name).schema, description: describeOption(name) },
  ]);
  return {
    title: 'Answers of create-scalekit-mcp',
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(members),
    additionalProperties: false,
  };
}

const next = 'create-scalekit-mcp --print-schema';

function describeUnknown(key: string): string {
  const camel = key.replaceAll(/-+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const known = optionNames.find((name) => name === camel);
  if (known === undefined) return key;
  return optionOf(known).mode ? `${key} (give it as the flag ${flagOf(known)})` : `${key} (write ${known})`;
}

/** @returns what is wrong with a document, as sentences. */
function faultsIn(document: unknown): readonly string[] {
  if (!isObject(document)) return [`expected an object, not ${JSON.stringify(document)}`];
  const unknown = Object.keys(document).filter((key) => !(answerNames as readonly string[]).includes(key));
  const wrong = answerNames.filter(
    (name) => Object.hasOwn(document, name) && !formOf(name).accepts(document[name]),
  );
  return [
    ...wrong.map(
      (name) => `${name}: expected ${formOf(name).expected}, not ${JSON.stringify(document[name])}`,
    ),
    ...(unknown.length === 0
      ? []
      : [`unknown: ${unknown.map(describeUnknown).join(', ')}. Known: ${answerNames.join(', ')}`]),
  ];
}

/**
 * Reads the JSON of `--answers`.
 * @param text the document.
 * @param source the file's name, for the errors.
 * @returns the values by option, in their JSON form, not yet checked by the rules of the table.
 * @throws UsageError when it is not JSON, has an unknown key, or a value of another type.
 */
export function parseAnswers(text: string, source: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${source} is not JSON: ${why}`, { code: 'answers/json', next });
  }
  const faults = faultsIn(document);
  if (faults.length === 0) return document as Record<string, unknown>;
  throw new UsageError(`${source} does not contain valid answers.\n  ${faults.join('\n  ')}`, {
    code: 'answers/form',
    next,
  });
}
