import * as clack from '@clack/prompts';
import type { Context } from '../terminal/context.ts';
import { Interrupted } from '../terminal/errors.ts';
import { canOpenBrowser, openBrowser } from './browser.ts';
import type { Visit } from './visit.ts';

/** How a prompt was ended: by an answer, or from outside. */
const ended = Symbol('ended');

/** @returns a signal that aborts with the context's, and when the terminal is closed: a prompt would wait for ever. */
export function promptSignal(context: Context, ...others: readonly AbortSignal[]): AbortSignal {
  const closed = new AbortController();
  context.stdin.once('end', () => closed.abort());
  return AbortSignal.any([context.signal, closed.signal, ...others]);
}

/** Lets Ctrl-D cancel a prompt: it closes the line editor, and the prompt would wait for ever. */
export function cancelOnCtrlD(): void {
  clack.updateSettings({ aliases: { '\u0004': 'cancel' } });
}

/**
 * Brings a person in a terminal to a page: opens it, or prints its address, and asks for the address where a browser elsewhere
 * has ended, until the browser here comes back by itself.
 * @param context its stdout is where the person reads, a terminal.
 * @param cancelled what to say of a sign-in that was cancelled.
 * @throws Interrupted if they cancel.
 */
export async function visitFromTerminal(
  context: Context,
  visit: Visit,
  cancelled: string,
): Promise<URLSearchParams> {
  cancelOnCtrlD();
  const say = (text: string) => context.stdout.write(`${text}\n`);
  const opened = canOpenBrowser(context.env) && (await openBrowser(visit.url));
  say(
    opened
      ? 'Sign in, in the browser that opens. If none does, open this page:'
      : 'Open this page to sign in:',
  );
  // On a line of its own, outside of any box: it is copied.
  say(`\n${visit.url.href}\n`);
  say('If the browser is on another machine, its last page will not load there:');
  say('paste the address of that page here.');
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
      signal: promptSignal(context, back.signal),
    })
    .then((typed) => {
      if (back.signal.aborted) return ended;
      if (clack.isCancel(typed)) throw new Interrupted(cancelled);
      const read = visit.readPasted(typed);
      return typeof read === 'string' ? ended : read;
    });
  const answer = await Promise.race([pasted, returned]);
  // The prompt has let go of the keyboard before anything else is asked.
  await pasted.catch(() => {});
  return answer === ended ? returned : answer;
}
