// The log, on stderr: JSON, a line an event; in a terminal a line that a person can read.

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Details = Readonly<Record<string, unknown>>;

/** @param event a short code to search for, such as `refused`. What is `undefined` among the details is left out. */
export type Log = (level: Level, event: string, details?: Details) => void;

/** Long enough for every honest value, and too short to fill a disk with. */
const longestText = 500;
const colours: Readonly<Record<Level, number>> = { debug: 90, info: 32, warn: 33, error: 31 };

/** @param readable a person reads along: default where stderr is a terminal; `LOG_FORMAT=json|text` decides otherwise. */
export function createLog(
  readable = isReadable(),
  write = (line: string) => void process.stderr.write(line),
): Log {
  return (level, event, details = {}) => {
    const time = new Date().toISOString();
    write(
      readable
        ? `\u001b[90m${time.slice(11, 19)}\u001b[0m \u001b[${colours[level]}m${event}\u001b[0m${inWords(details)}\n`
        : `${printable({ time, level, event, ...details })}\n`,
    );
  };
}

function isReadable(): boolean {
  const format = process.env.LOG_FORMAT;
  return format ? format === 'text' : process.stderr.isTTY && process.env.NODE_ENV !== 'production';
}

function inWords({ message, stack, ...rest }: Details): string {
  const values = Object.entries(rest).filter(([, value]) => value !== undefined);
  return [
    message === undefined ? '' : ` ${printable(message).slice(1, -1)}`,
    ...values.map(([name, value]) => ` \u001b[90m${name}=\u001b[0m${printable(value)}`),
    typeof stack === 'string'
      ? `\n${stack
          .split('\n')
          .map((line) => printable(line).slice(1, -1))
          .join('\n')}`
      : '',
  ].join('');
}

/** JSON without anything that could break a line or drive a terminal: nobody but us writes into our log. */
function printable(value: unknown): string {
  return JSON.stringify(value, shorten).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shorten(name: string, value: unknown): unknown {
  const tooLong = typeof value === 'string' && value.length > longestText && name !== 'stack';
  return tooLong ? `${value.slice(0, longestText)}…` : value;
}
