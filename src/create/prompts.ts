import { resolve as resolvePath } from 'node:path';
import * as clack from '@clack/prompts';
import { type Checked, checkEnvironmentUrl, type Problem } from '../scalekit/index.ts';
import type { Context } from '../terminal/context.ts';
import { Interrupted } from '../terminal/errors.ts';
import { type Given, type OptionName, optionNames, optionOf } from './options.ts';
import { conflicts, defaultDirectory, isReal, type Surroundings } from './resolve.ts';
import { inspectTarget } from './target.ts';

/** Everything that asks a person. Nothing is written before the last answer. */

/** The one place that knows how a prompt is cancelled: Ctrl-C, Escape, or the end of the context. */
async function answered<T>(prompt: Promise<T>): Promise<Exclude<T, symbol>> {
  const value = await prompt;
  if (!clack.isCancel(value)) return value as Exclude<T, symbol>;
  throw new Interrupted();
}

/** A terminal that is closed while a prompt waits would leave it waiting for ever. */
function signalOf(context: Context): AbortSignal {
  const closed = new AbortController();
  context.stdin.once('end', () => closed.abort());
  return AbortSignal.any([context.signal, closed.signal]);
}

/** When a question is open that does not only depend on its own answer. */
const conditions: { readonly [K in OptionName]?: (given: Given, around: Surroundings) => boolean } = {
  emulator: (given) => given.register !== true && !isReal(given),
  metadata: (given) => isReal(given) && given.environmentUrl === undefined,
  clientId: (given) => isReal(given) && given.metadata === undefined,
  resourceId: (given) => isReal(given) && given.metadata === undefined,
  packageManager: (_, around) => around.packageManager === undefined,
};

/** @returns whether a row's question, where it has one, is still to be asked, given what is known. */
function isOpen(name: OptionName, given: Given, around: Surroundings): boolean {
  if (optionOf(name).question === undefined || given[name] !== undefined) return false;
  return conditions[name]?.(given, around) ?? true;
}

/** As wide as a terminal surely is; the prompt library does not break the line of an error. */
const errorWidth = 74;

/** @returns why an answer is not right, in lines that stand below each other under the prompt. */
function explain(problem: Problem): string {
  const lines = [''];
  for (const word of `${problem.reason}. Expected ${problem.expected}`.split(' ')) {
    const last = lines.length - 1;
    if (`${lines[last]} ${word}`.length > errorWidth) lines.push(word);
    else lines[last] = `${lines[last]} ${word}`.trimStart();
  }
  return lines.join('\n   ');
}

/** A typed answer to the question of a row, as options: one row may take another's value (see `metadata`). */
type Answered = Checked<Given>;

function readAnswer(name: OptionName, typed: string): Answered {
  // One field for both ways: the JSON of the dashboard, or its first value.
  const url = name === 'metadata' && !typed.trimStart().startsWith('{');
  const key = url ? 'environmentUrl' : name;
  const checked = url ? checkEnvironmentUrl(typed) : optionOf(name).check(typed);
  return checked.ok ? { ...checked, value: { [key]: checked.value } as Given } : checked;
}

/** What is wrong with a typed answer, by its own rule and together with the answers before it. */
function faultOf(name: OptionName, typed: string, given: Given): string | undefined {
  const answer = readAnswer(name, typed);
  if (!answer.ok) return explain(answer.problem);
  const [conflict] = conflicts({ ...given, ...answer.value });
  return conflict === undefined ? undefined : explain(conflict);
}

async function askText(name: OptionName, given: Given, context: Context): Promise<Given> {
  const row = optionOf(name);
  const fallback = name === 'directory' ? defaultDirectory(given) : undefined;
  const placeholder = fallback ?? row.placeholder;
  const typed = await answered(
    clack.text({
      message: row.question ?? name,
      ...(placeholder === undefined ? {} : { placeholder }),
      ...(fallback === undefined ? {} : { defaultValue: fallback }),
      validate: (value = '') =>
        value === '' && (fallback || row.optional) ? undefined : faultOf(name, value, given),
      signal: signalOf(context),
    }),
  );
  if (typed === '' && row.optional) return {};
  const answer = readAnswer(name, typed);
  if (!answer.ok) throw new Error(`${name} was accepted and is not right`);
  for (const note of answer.notes) clack.log.info(note);
  return answer.value;
}

async function askChoice(name: OptionName, given: Given, context: Context): Promise<Given> {
  const row = optionOf(name);
  // Only what goes with the flags is offered.
  const choices = (row.choices ?? []).filter(
    ({ value, notYet }) =>
      notYet === undefined &&
      (name !== 'template' || conflicts({ ...given, template: String(value) }).length === 0),
  );
  const value = await answered(
    clack.select<string | boolean>({
      message: row.question ?? name,
      options: choices.map(({ value: choice, label, hint }) => ({
        value: choice,
        label,
        ...(hint === undefined ? {} : { hint }),
      })),
      showInstructions: false,
      signal: signalOf(context),
    }),
  );
  return { [name]: value };
}

/** @returns the first of `name-1`, `name-2`, … that is not there. */
async function freeNeighbour(directory: string, cwd: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const candidate = `${directory}-${number}`;
    if ((await inspectTarget(resolvePath(cwd, candidate))).kind === 'absent') return candidate;
  }
}

/** What to do with a folder that is there already and not empty. */
async function settleDirectory(given: Given, context: Context, around: Surroundings): Promise<Given> {
  const directory = given.directory ?? defaultDirectory(given);
  const target = await inspectTarget(resolvePath(around.cwd, directory));
  if (target.kind === 'absent' || target.kind === 'empty' || given.overwrite) return { directory };
  const here = /^[./\\]+$/.test(directory);
  const neighbour = here ? defaultDirectory(given) : await freeNeighbour(directory, around.cwd);
  const what = target.kind === 'file' ? 'is a file' : target.kind === 'link' ? 'is a link' : 'is not empty';
  const choice = await answered(
    clack.select({
      message: `${directory} ${what}. What now?`,
      options: [
        { value: 'neighbour', label: `Create it as ${neighbour}` },
        { value: 'other', label: 'Choose another directory' },
        ...(target.kind === 'directory'
          ? [
              {
                value: 'overwrite',
                label: 'Write into it',
                hint: 'files of ours replace yours, the rest stays',
              },
            ]
          : []),
        { value: 'cancel', label: 'Cancel' },
      ],
      showInstructions: false,
      signal: signalOf(context),
    }),
  );
  if (choice === 'cancel') throw new Interrupted();
  if (choice === 'overwrite') return { directory, overwrite: true };
  const { directory: _taken, ...rest } = given;
  const next = choice === 'neighbour' ? { directory: neighbour } : await askText('directory', rest, context);
  return settleDirectory({ ...given, ...next }, context, around);
}

/**
 * Asks for what was not given, in the order of the table.
 * @throws Interrupted when the person cancels.
 */
export async function ask(given: Given, context: Context, around: Surroundings): Promise<Given> {
  // Ctrl-D closes the line editor: without this the prompt would wait for ever, and the process end with 0.
  clack.updateSettings({ aliases: { '\u0004': 'cancel' } });
  clack.intro('An MCP server, protected by Scalekit');
  let known = given;
  for (const name of optionNames) {
    if (isOpen(name, known, around)) {
      const isChoice = optionOf(name).choices !== undefined;
      known = {
        ...known,
        ...(await (isChoice ? askChoice(name, known, context) : askText(name, known, context))),
      };
    }
    if (name === 'directory') known = { ...known, ...(await settleDirectory(known, context, around)) };
  }
  context.stdout.write('\n');
  return known;
}
