import * as clack from '@clack/prompts';
import { cancelOnCtrlD, promptSignal, visitFromTerminal } from '../sign-in/terminal-visit.ts';
import type { Context } from '../terminal/context.ts';
import { Interrupted } from '../terminal/errors.ts';
import type { Choice, Person } from './person.ts';

const cancelled = 'Cancelled. Nothing was created.';

function answered<T>(value: T | typeof clack.CANCEL_SYMBOL): T {
  if (clack.isCancel(value)) throw new Interrupted(cancelled);
  return value as T;
}

/**
 * @param context with a terminal as stdin and stdout.
 * @returns the person at that terminal.
 */
export function terminalPerson(context: Context): Person {
  const streams = { input: context.stdin, output: context.stdout };
  cancelOnCtrlD();
  return {
    say: (text) => void context.stdout.write(`${text}\n`),
    visit: (visit) => visitFromTerminal(context, visit, cancelled),
    choose: async <T>(question: string, choices: readonly Choice<T>[]): Promise<T> => {
      const index = await clack.select<number>({
        message: question,
        options: choices.map(({ label, hint }, value) => ({
          value,
          label,
          ...(hint === undefined ? {} : { hint }),
        })),
        showInstructions: false,
        signal: promptSignal(context),
        ...streams,
      });
      const choice = choices[answered(index)];
      if (choice === undefined) throw new Error('a choice that is not there');
      return choice.value;
    },
    type: async (message, complaint) =>
      answered(
        await clack.text({
          message,
          validate: (typed = '') => complaint(typed),
          signal: promptSignal(context),
          ...streams,
        }),
      ),
    confirm: async (message, initialValue) =>
      answered(await clack.confirm({ message, initialValue, signal: promptSignal(context), ...streams })),
  };
}
