import * as z from 'zod';
import { UsageError } from '../terminal/errors.ts';
import { flagOf, type JsonForm, type OptionName, optionNames, optionOf } from './options.ts';

/** The JSON type of an option. Its rule in the table checks the rest. */
function schemaOf(name: OptionName): z.ZodType {
  const row = optionOf(name);
  const names = (row.choices ?? []).map((choice) => String(choice.value));
  const forms: Readonly<Record<JsonForm, () => z.ZodType>> = {
    text: () => z.string(),
    number: () => z.int().min(1).max(65_535),
    switch: () => z.boolean(),
    list: () => z.union([z.array(z.string()), z.string()]),
    object: () => z.union([z.looseObject({}), z.string()]),
    choice: () => z.enum(names),
    choices: () => z.union([z.array(z.enum(names.filter((name) => name !== 'none'))), z.string()]),
  };
  return forms[row.form]().describe(describeOption(name)).optional();
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

function answersSchema(): z.ZodType<Record<string, unknown>> {
  return z.strictObject(Object.fromEntries(answerNames.map((name) => [name, schemaOf(name)])));
}

/** @returns the JSON Schema (2020-12) of `--answers`, made from the table of options. */
export function answersJsonSchema(): Record<string, unknown> {
  return {
    title: 'Answers of create-scalekit-mcp',
    ...z.toJSONSchema(answersSchema(), { io: 'input' }),
  };
}

const next = 'create-scalekit-mcp --print-schema';

function describeUnknown(key: string): string {
  const camel = key.replaceAll(/-+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const known = optionNames.find((name) => name === camel);
  if (known === undefined) return key;
  return optionOf(known).mode ? `${key} (give it as the flag ${flagOf(known)})` : `${key} (write ${known})`;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown: ${issue.keys.map(describeUnknown).join(', ')}. Known: ${answerNames.join(', ')}`;
  const at = issue.path.length === 0 ? 'the answers' : issue.path.join('.');
  return `${at}: ${issue.message}`;
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
  const parsed = answersSchema().safeParse(document);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(describeIssue);
  throw new UsageError(`${source} does not contain valid answers.\n  ${faults.join('\n  ')}`, {
    code: 'answers/form',
    next,
  });
}
