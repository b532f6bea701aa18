import { type Problem, printable } from '../scalekit/index.ts';
import { type OverlayOption, type Overlays, overlayOptions } from './answers.ts';
import type { Language, Named, Overlay, TemplateRow } from './language.ts';
import { languages } from './languages/index.ts';

/** What can be chosen, and in which combinations: read from the lists of languages, templates and overlays. */

/** What was chosen; undefined if nothing was. */
export interface Choices extends Partial<Overlays> {
  readonly language?: string;
  readonly template?: string;
}

/** @returns one row per name. A row that one language has outranks a "not yet" of another. */
function merge<T extends Named>(rows: readonly T[]): readonly T[] {
  const merged = new Map<string, T>();
  for (const row of rows) {
    const known = merged.get(row.value);
    if (known === undefined || known.notYet) merged.set(row.value, row);
  }
  return [...merged.values()];
}

/** The values of `--language`, `--template` and each overlay option, in any language. */
export const languageChoices: readonly Named[] = languages;
export const templateChoices: readonly Named[] = merge(languages.flatMap((each) => each.templates));
export function overlayChoices(option: OverlayOption): readonly Named[] {
  return merge(languages.flatMap((each) => each.overlays).filter((each) => each.option === option));
}

/** @returns the default, for the help: the same in every language that has it. */
export function defaultOf(option: 'language' | 'template' | OverlayOption): string | undefined {
  if (option === 'language') return languages[0]?.value;
  if (option === 'template') return templateChoices[0]?.value;
  const preset = languages
    .flatMap((each) => each.overlays)
    .find((each) => each.option === option && each.isDefault);
  return preset?.value;
}

/** @throws Error for a name that is not in the list, which the options have refused before. */
export function languageOf(choices: Choices): Language {
  const name = choices.language ?? languages[0]?.value;
  const found = languages.find((each) => each.value === name);
  if (found === undefined) throw new Error(`There is no language ${name}`);
  return found;
}

/** @returns the chosen template, or its language's default; undefined if the language does not have it. */
export function templateOf(choices: Choices): TemplateRow | undefined {
  const { templates } = languageOf(choices);
  return choices.template === undefined
    ? templates[0]
    : templates.find((each) => each.value === choices.template);
}

function fitting(language: Language, template: string, option: OverlayOption): readonly Overlay[] {
  return language.overlays.filter(
    (each) => each.option === option && each.notYet === undefined && each.templates.includes(template),
  );
}

/** @returns the rows of an option that the chosen template can have. */
export function overlaysFor(option: OverlayOption, choices: Choices): readonly Overlay[] {
  return fitting(languageOf(choices), templateOf(choices)?.value ?? '', option);
}

const list = (rows: readonly Named[]) => rows.map((row) => row.value).join(', ');

/** What is wrong with the values of one overlay option in this language and template. */
function faultOfOverlays(
  language: Language,
  template: TemplateRow,
  option: OverlayOption,
  values: readonly string[],
): Problem | undefined {
  const valid = fitting(language, template.value, option);
  const wrong = values.filter((value) => !valid.some((each) => each.value === value));
  if (wrong.length === 0) return undefined;
  const owners = language.templates.filter((each) => fitting(language, each.value, option).length > 0);
  const elsewhere = `${owners.length === 0 ? '' : `--template ${list(owners)}, or `}no --${option}`;
  return {
    code: `${option}/combination`,
    reason: `The ${template.label.toLowerCase()} in ${language.label} has no such --${option}`,
    actual: printable(wrong.join(', ')),
    expected: valid.length === 0 ? elsewhere : list(valid),
  };
}

/** @returns the combinations that are not possible, each with the option to change and its valid values. */
export function combinationProblems(
  choices: Choices,
): ReadonlyArray<Problem & { readonly about: 'template' | OverlayOption }> {
  const language = languageOf(choices);
  const template = templateOf(choices);
  if (template === undefined) {
    return [
      {
        about: 'template',
        code: 'template/combination',
        reason: `${language.label} has no such template`,
        actual: printable(String(choices.template)),
        expected: list(language.templates),
      },
    ];
  }
  return overlayOptions.flatMap((option) => {
    const problem = faultOfOverlays(language, template, option, choices[option] ?? []);
    return problem === undefined ? [] : [{ ...problem, about: option }];
  });
}

/** @returns the values of one option: those that were chosen, with what they need, or else the defaults; in the rows' order. */
function chosenOf(
  rows: readonly Overlay[],
  chosen: readonly string[] | undefined,
  store: readonly string[] = [],
): readonly string[] {
  const isDefault = ({ isDefault: always, isDefaultWith = [] }: Overlay) =>
    always === true || isDefaultWith.some((each) => store.includes(each));
  const taken = rows.filter((each) => chosen?.includes(each.value) ?? isDefault(each));
  const needed = new Set(taken.flatMap(({ value, implies = [] }) => [value, ...implies]));
  return rows.map(({ value }) => value).filter((value) => needed.has(value));
}

/** @returns the overlays of a project: those that were chosen, and the template's defaults for the rest. */
export function resolveOverlays(choices: Choices): Overlays {
  const language = languageOf(choices);
  const template = templateOf(choices)?.value ?? '';
  const store = chosenOf(fitting(language, template, 'store'), choices.store);
  const chosen = (option: OverlayOption) =>
    chosenOf(fitting(language, template, option), choices[option], store);
  return { store, with: chosen('with'), deploy: chosen('deploy') };
}

/**
 * @param running this Node.js, e.g. `20.19.4`.
 * @returns why a project's server does not run on it: a sentence; undefined if it does.
 */
export function unfitNode(
  choices: Choices & { readonly overlays: Overlays },
  running: string,
): string | undefined {
  const numbers = (version: string) => version.split('.').map(Number);
  const [major = 0, minor = 0] = numbers(running);
  const unfit = overlaysOf(choices).find(({ needsNode }) => {
    const [neededMajor = 0, neededMinor = 0] = numbers(needsNode ?? '0');
    return major < neededMajor || (major === neededMajor && minor < neededMinor);
  });
  return unfit === undefined
    ? undefined
    : `--${unfit.option} ${unfit.value} needs Node.js ${unfit.needsNode} or later, and this is ${running}: install a newer one to run the server`;
}

/** @returns the rows of a project's overlays, in the order in which they are applied. */
export function overlaysOf(choices: Choices & { readonly overlays: Overlays }): readonly Overlay[] {
  return languageOf(choices).overlays.filter(({ option, value }) => choices.overlays[option].includes(value));
}
