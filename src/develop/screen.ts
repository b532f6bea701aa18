import { stripVTControlCharacters, styleText } from 'node:util';

/** Who wrote the line, in its own column. */
export type Speaker = 'compile' | 'scalekit' | 'server' | 'doctor';
export type Tone = 'plain' | 'good' | 'bad' | 'quiet';

const column = 10;
const styles = { plain: 'reset', good: 'green', bad: 'red', quiet: 'dim' } as const;

/** Where a screen writes, and how. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The terminal of `dev`: short lines, each preceded by who wrote it. */
export interface Screen {
  readonly colours: boolean;
  /** Writes a line of our own. */
  say(speaker: Speaker, text: string, tone?: Tone): void;
  /** Writes a line that the server has written, on the same stream. */
  pass(line: string, stream: 'stdout' | 'stderr'): void;
  /** Writes text of several lines, or an empty line, unchanged. */
  show(text: string): void;
}

/** @returns a screen on a terminal, in colour if a person watches and has not switched colours off. */
export function makeScreen({ stdout, stderr, env }: Terminal): Screen {
  const colours = env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : stdout.isTTY === true && !env.NO_COLOR;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text) : text;
  return {
    colours,
    say: (speaker, text, tone = 'plain') =>
      void stdout.write(`${paint('bold', speaker.padEnd(column))}${paint(styles[tone], text)}\n`),
    pass: (line, stream) =>
      void (stream === 'stdout' ? stdout : stderr).write(
        `${paint('dim', 'server'.padEnd(column))}${colours ? line : stripVTControlCharacters(line)}\n`,
      ),
    show: (text) => void stdout.write(`${text}\n`),
  };
}

/** @returns a duration for display, e.g. `0.4 s`. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 950 ? 2 : 1)} s`;
}
