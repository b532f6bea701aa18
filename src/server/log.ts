// The log, on stderr: JSON, a line an event; in a terminal a line that a person can read.
import { traceToSource } from './stack.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type Details = Readonly<Record<string, unknown>>;

/** @param event a short code to search for, such as `refused`. What is `undefined` among the details is left out. */
export type Log = (level: Level, event: string, details?: Details) => void;

/** Long enough for every honest value, and too short to fill a disk with. */
const longestText = 500;
const longestStack = 4000;
const colours = { debug: 90, info: 32, warn: 33, error: 31, grey: 90 } as const;

/** @param readable a person reads along: default where stderr is a terminal; `LOG_FORMAT=json|text` decides otherwise. */
export function createLog(
  readable = isReadable(),
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  return (level, event, given = {}) => {
    const details = typeof given.stack === 'string' ? { ...given, stack: traceToSource(given.stack) } : given;
    const time = new Date().toISOString();
    if (!readable) return write(`${printable({ time, level, event, ...details })}\n`);
    write(`${paint('grey', time.slice(11, 19))} ${paint(level, event)}${inWords(details)}\n`);
  };
}

function isReadable(): boolean {
  const format = process.env.LOG_FORMAT;
  return format ? format === 'text' : process.stderr.isTTY && process.env.NODE_ENV !== 'production';
}

/** The message first, then what is beside it, and a stack on lines of its own. */
function inWords({ message, stack, ...rest }: Details): string {
  const values = Object.entries(rest).filter(([, value]) => value !== undefined);
  const pairs = values.map(([name, value]) => ` ${paint('grey', `${name}=`)}${printable(value)}`);
  const lines = typeof stack === 'string' ? stack.slice(0, longestStack).split('\n') : [];
  const text = (value: unknown) => printable(value).slice(1, -1);
  return [
    message === undefined ? '' : ` ${text(message)}`,
    ...pairs,
    ...lines.map((line) => `\n${text(line)}`),
  ].join('');
}

function paint(colour: keyof typeof colours, text: string): string {
  return process.env.NO_COLOR ? text : `\u001b[${colours[colour]}m${text}\u001b[0m`;
}

/** JSON without what breaks a line, drives a terminal, hides or turns text round: nobody but us writes into our log. */
function printable(value: unknown): string {
  return JSON.stringify(value, shorten).replaceAll(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A token that somebody wrote into a path, or a secret of Scalekit's, gets no further than this. */
const secrets = /eyJ[\w-]+(?:\.[\w-]*)*|(?:skcs_|sks_|test_)[\w-]{4,}/g;

function shorten(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const longest = name === 'stack' ? longestStack : longestText;
  const text = value.replaceAll(secrets, (secret) => `${secret.slice(0, 3)}…`);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
