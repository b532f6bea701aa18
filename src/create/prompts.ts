import { resolve as resolvePath } from 'node:path';
import * as clack from '@clack/prompts';
import { type Checked, checkEnvironmentUrl, type Problem } from '../scalekit/index.ts';
import type { Context } from '../terminal/context.ts';
import { Interrupted } from '../terminal/errors.ts';
import { overlaysFor } from './catalog.ts';
import { type Given, type OptionName, optionNames, optionOf } from './options.ts';
import { choicesOf, conflicts, defaultDirectory, type Invocation, isReal } from './resolve.ts';
import { inspectTarget } from './target.ts';

/** The prompts. Nothing is written before the last answer. */

/** @returns the answer. @throws Interrupted if the prompt was cancelled: Ctrl-C, Escape, or an aborted context. */
async function answered<T>(prompt: Promise<T>): Promise<Exclude<T, symbol>> {
  const value = await prompt;
  if (!clack.isCancel(value)) return value as Exclude<T, symbol>;
  throw new Interrupted();
}

/** Aborts a prompt when the terminal closes: otherwise it would wait forever. */
function signalOf(context: Context): AbortSignal {
  const closed = new AbortController();
  context.stdin.once('end', () => closed.abort());
  return AbortSignal.any([context.signal, closed.signal]);
}

/** Conditions for questions that depend on other answers. */
const conditions: { readonly [K in OptionName]?: (given: Given, invocation: Invocation) => boolean } = {
  emulator: (given) => given.register !== true && !isReal(given),
  metadata: (given) => isReal(given) && given.environmentUrl === undefined,
  clientId: (given) => isReal(given) && given.metadata === undefined,
  resourceId: (given) => isReal(given) && given.metadata === undefined,
  with: (given) => overlaysFor('with', choicesOf(given)).length > 0,
  packageManager: (_, invocation) => invocation.packageManager === undefined,
};

/** @returns whether a row has a question that still needs an answer. */
function isOpen(name: OptionName, given: Given, invocation: Invocation): boolean {
  if (optionOf(name).question === undefined || given[name] !== undefined) return false;
  return conditions[name]?.(given, invocation) ?? true;
}

/** Fits any terminal; the prompt library does not wrap error messages. */
const errorWidth = 74;

/** @returns why an answer is invalid, wrapped for display under the prompt. */
function explain(problem: Problem): string {
  const lines = [''];
  for (const word of `${problem.reason}. Expected ${problem.expected}`.split(' ')) {
    const last = lines.length - 1;
    if (`${lines[last]} ${word}`.length > errorWidth) lines.push(word);
    else lines[last] = `${lines[last]} ${word}`.trimStart();
  }
  return lines.join('\n   ');
}

/** A typed answer, as options: the answer to one question may be another option's value (see `metadata`). */
type Answered = Checked<Given>;

function readAnswer(name: OptionName, typed: string): Answered {
  // One question takes both: the dashboard's JSON, or the environment URL.
  const url = name === 'metadata' && !typed.trimStart().startsWith('{');
  const key = url ? 'environmentUrl' : name;
  const checked = url ? checkEnvironmentUrl(typed) : optionOf(name).check(typed);
  return checked.ok ? { ...checked, value: { [key]: checked.value } as Given } : checked;
}

/** What is wrong with a typed answer, by its own rule or in combination with earlier answers. */
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
  if (!answer.ok) throw new Error(`${name} was accepted but is invalid`);
  for (const note of answer.notes) clack.log.info(note);
  return answer.value;
}

async function askChoice(name: OptionName, given: Given, context: Context): Promise<Given> {
  const row = optionOf(name);
  // Offer only what is compatible with the flags.
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

/** An option of which any number can be chosen, also none. */
async function askChoices(name: 'with', given: Given, context: Context): Promise<Given> {
  const options = overlaysFor(name, choicesOf(given)).map(({ value, label, hint }) => ({
    value,
    label,
    ...(hint === undefined ? {} : { hint }),
  }));
  const message = optionOf(name).question ?? name;
  const values = await answered(
    clack.multiselect({ message, options, required: false, signal: signalOf(context) }),
  );
  return { [name]: values };
}

async function askOne(name: OptionName, given: Given, context: Context): Promise<Given> {
  if (name === 'with') return await askChoices(name, given, context);
  const isChoice = optionOf(name).choices !== undefined;
  return await (isChoice ? askChoice(name, given, context) : askText(name, given, context));
}

/** @returns the first of `name-1`, `name-2`, … that does not exist. */
async function freeNeighbour(directory: string, cwd: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const candidate = `${directory}-${number}`;
    if ((await inspectTarget(resolvePath(cwd, candidate))).kind === 'absent') return candidate;
  }
}

/** Asks what to do if the folder exists and is not empty. */
async function settleDirectory(given: Given, context: Context, invocation: Invocation): Promise<Given> {
  const directory = given.directory ?? defaultDirectory(given);
  const target = await inspectTarget(resolvePath(invocation.cwd, directory));
  if (target.kind === 'absent' || target.kind === 'empty' || given.overwrite) return { directory };
  const here = /^[./\\]+$/.test(directory);
  const neighbour = here ? defaultDirectory(given) : await freeNeighbour(directory, invocation.cwd);
  const what = target.kind === 'file' ? 'is a file' : target.kind === 'link' ? 'is a link' : 'is not empty';
  const choice = await answered(
    clack.select({
      message: `${directory} ${what}. What would you like to do?`,
      options: [
        { value: 'neighbour', label: `Create it as ${neighbour}` },
        { value: 'other', label: 'Choose another directory' },
        ...(target.kind === 'directory'
          ? [
              {
                value: 'overwrite',
                label: 'Write into it',
                hint: 'replaces files of the same name, keeps the rest',
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
  return settleDirectory({ ...given, ...next }, context, invocation);
}

/**
 * Asks for what was not given, in the order of the table.
 * @throws Interrupted when the person cancels.
 */
export async function ask(given: Given, context: Context, invocation: Invocation): Promise<Given> {
  // Ctrl-D closes the line editor: without this the prompt would never resolve, and the process would exit with 0.
  clack.updateSettings({ aliases: { '\u0004': 'cancel' } });
  clack.intro('An MCP server, protected by Scalekit');
  let known = given;
  for (const name of optionNames) {
    if (isOpen(name, known, invocation)) known = { ...known, ...(await askOne(name, known, context)) };
    if (name === 'directory') known = { ...known, ...(await settleDirectory(known, context, invocation)) };
  }
  context.stdout.write('\n');
  return known;
}
