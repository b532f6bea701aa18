import { styleText } from 'node:util';
import type { Context } from './context.ts';

/** Where progress is shown: a terminal, a pipe, or nowhere (with `--json`). */
export interface Screen {
  line(text?: string): void;
  /** Shows that something is running and for how long, then one line with the outcome. */
  step<T>(title: string, run: () => Promise<T>, done: (result: T) => string): Promise<T>;
}

export const silent: Screen = {
  line: () => {},
  step: (_title, run) => run(),
};

type Style = Parameters<typeof styleText>[0];

/** Styles text if stdout is a terminal, unless NO_COLOR is set. */
export function styled(context: Context, style: Style, text: string): string {
  const plain = context.stdout.isTTY !== true || (context.env.NO_COLOR ?? '') !== '';
  return plain ? text : styleText(style, text);
}

const frames = ['◒', '◐', '◓', '◑'];
const eraseLine = '\r\u001b[2K';

function seconds(since: number): string {
  return `${Math.round((performance.now() - since) / 1000)} s`;
}

/**
 * Shows a spinner. The prompt library's own takes over the keyboard, and on Ctrl-C it exits with 0 instead of letting us
 * stop what is running.
 */
function spin(context: Context, title: string, since: number): () => void {
  if (context.stdout.isTTY !== true) return () => {};
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % frames.length;
    const text = `${frames[frame]} ${title} (${seconds(since)})`;
    context.stdout.write(`${eraseLine}${text.slice(0, Math.max(20, (context.stdout.columns ?? 80) - 1))}`);
  };
  draw();
  const timer = setInterval(draw, 120);
  return () => {
    clearInterval(timer);
    context.stdout.write(eraseLine);
  };
}

/** @returns a screen on the context's stdout: lines, and in a terminal a spinner while a step runs. */
export function screenOf(context: Context): Screen {
  const line = (text = '') => {
    context.stdout.write(`${text}\n`);
  };
  return {
    line,
    async step(title, run, done) {
      const since = performance.now();
      const stop = spin(context, title, since);
      try {
        const result = await run();
        stop();
        line(`${styled(context, 'green', '✓')} ${done(result)} (${seconds(since)})`);
        return result;
      } catch (error) {
        stop();
        line(`${styled(context, 'red', '✗')} ${title} (${seconds(since)})`);
        throw error;
      }
    },
  };
}
