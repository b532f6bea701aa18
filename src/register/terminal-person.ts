import * as clack from '@clack/prompts';
import type { Context } from '../terminal/context.ts';
import { Interrupted } from '../terminal/errors.ts';
import { canOpenBrowser, openBrowser } from './browser.ts';
import type { Choice, Person } from './person.ts';
import type { Visit } from './sign-in.ts';

/** How a prompt was ended: by an answer, or from outside. */
const ended = Symbol('ended');

/** A terminal that is closed while a prompt waits would leave it waiting for ever. */
function signalOf(context: Context, ...others: readonly AbortSignal[]): AbortSignal {
  const closed = new AbortController();
  context.stdin.once('end', () => closed.abort());
  return AbortSignal.any([context.signal, closed.signal, ...others]);
}

function answered<T>(value: T | typeof clack.CANCEL_SYMBOL): T {
  if (clack.isCancel(value)) throw new Interrupted('Cancelled. Nothing was created.');
  return value as T;
}

/** Asks for the address where a browser elsewhere has ended, until the browser here comes back by itself. */
async function visitFrom(context: Context, visit: Visit): Promise<URLSearchParams> {
  const say = (text: string) => context.stdout.write(`${text}\n`);
  const opened = canOpenBrowser(context.env) && (await openBrowser(visit.url));
  say(
    opened
      ? 'Sign in, in the browser that opens. If none does, open this page:'
      : 'Open this page to sign in:',
  );
  // On a line of its own, outside of any box: it is copied.
  say(`\n${visit.url.href}\n`);
  say('Where the browser is on another machine, its last page cannot be shown there:');
  say('paste its address here.');
  const back = new AbortController();
  const returned = visit.answered.then((parameters) => {
    back.abort();
    return parameters;
  });
  const pasted = clack
    .text({
      message: 'Waiting for the sign-in',
      placeholder: `${visit.redirectUrl}?code=…`,
      validate: (typed = '') => {
        const read = visit.readPasted(typed);
        return typeof read === 'string' ? read : undefined;
      },
      input: context.stdin,
      output: context.stdout,
      signal: signalOf(context, back.signal),
    })
    .then((typed) => {
      if (back.signal.aborted) return ended;
      const read = visit.readPasted(answered(typed));
      return typeof read === 'string' ? ended : read;
    });
  const answer = await Promise.race([pasted, returned]);
  // The prompt has let go of the keyboard before anything else is asked.
  await pasted.catch(() => {});
  return answer === ended ? returned : answer;
}

/**
 * @param context its stdout is where the person reads, a terminal.
 * @returns the person in front of a terminal.
 */
export function terminalPerson(context: Context): Person {
  const streams = { input: context.stdin, output: context.stdout };
  // Ctrl-D closes the line editor: without this a prompt would wait for ever.
  clack.updateSettings({ aliases: { '\u0004': 'cancel' } });
  return {
    say: (text) => void context.stdout.write(`${text}\n`),
    visit: (visit) => visitFrom(context, visit),
    choose: async <T>(question: string, choices: readonly Choice<T>[]): Promise<T> => {
      const index = await clack.select<number>({
        message: question,
        options: choices.map(({ label, hint }, value) => ({
          value,
          label,
          ...(hint === undefined ? {} : { hint }),
        })),
        showInstructions: false,
        signal: signalOf(context),
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
          signal: signalOf(context),
          ...streams,
        }),
      ),
    confirm: async (message, initialValue) =>
      answered(await clack.confirm({ message, initialValue, signal: signalOf(context), ...streams })),
  };
}
