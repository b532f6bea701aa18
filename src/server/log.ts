// The log, on stderr: one line of JSON per event; in a terminal, a line that a person can read.
import { unseen } from '../scalekit/checked.ts';
import { traceToSource } from './stack.ts';

export const levels = ['debug', 'info', 'warn', 'error'] as const;
/** How serious an event is. */
export type Level = (typeof levels)[number];
export const logFormats = ['json', 'text'] as const;
export type LogFormat = (typeof logFormats)[number];
/** What there is to know about an event, by name. */
export type Details = Readonly<Record<string, unknown>>;

/**
 * Writes an event.
 * @param event a short code to search for, such as `refused`. What is `undefined` among the details is left out.
 */
export type Log = (level: Level, event: string, details?: Details) => void;

export interface LogOptions {
  /**
   * `text` is for a person who reads along: the default if stderr is a terminal. It leaves out the ids of requests, except
   * if the server itself has failed.
   */
  readonly format?: LogFormat | undefined;
  /** Lower levels are left out; default `info`. */
  readonly level?: Level;
  readonly write?: (line: string) => void;
}

/** Long enough for every honest value, and too short to fill a disk with. */
const longestText = 500;
const longestStack = 4000;
const colours = { debug: 90, info: 32, warn: 33, error: 31, grey: 90 } as const;

export function createLog({
  format = process.stderr.isTTY ? 'text' : 'json',
  level: lowest = 'info',
  write = (line) => process.stderr.write(line),
}: LogOptions = {}): Log {
  const shown = new Set(levels.slice(levels.indexOf(lowest)));
  return (level, event, given = {}) => {
    if (!shown.has(level)) return;
    const details = typeof given.stack === 'string' ? { ...given, stack: traceToSource(given.stack) } : given;
    const time = timeNow();
    if (format === 'json') return void write(`${printable({ time, level, event, ...details })}\n`);
    const forPeople = level === 'error' ? details : { ...details, requestId: undefined };
    write(`${paint('grey', time.slice(11, 19))} ${paint(level, event)}${inWords(forPeople)}\n`);
  };
}

let lastMillisecond = 0;
let lastTime = '';

/** Written out once a millisecond: under load that is a part of what a line costs. */
function timeNow(): string {
  const now = Date.now();
  if (now !== lastMillisecond) lastTime = new Date(now).toISOString();
  lastMillisecond = now;
  return lastTime;
}

/** The message first, then what is beside it, and a stack on lines of its own. */
function inWords({ message, stack, ...rest }: Details): string {
  const values = Object.entries(rest).filter(([, value]) => value !== undefined);
  const pairs = values.map(([name, value]) => ` ${paint('grey', `${name}=`)}${word(printable(value))}`);
  const lines = typeof stack === 'string' ? stack.slice(0, longestStack).split('\n') : [];
  return [
    message === undefined ? '' : ` ${prose(message)}`,
    ...pairs,
    // Indented, so that none of them can pass for an event: an error's message may be what somebody sent.
    ...lines.map((line) => `\n  ${prose(line)}`),
  ].join('');
}

/** Without JSON's quotes around it, and with those inside it as they were: nothing ends at a quote here. */
function prose(text: unknown): string {
  return printable(String(text))
    .slice(1, -1)
    .replaceAll(/\\(["\\])/g, '$1');
}

/** Without quotes if it is one word all the same. */
function word(json: string): string {
  return /^"[\w.:/@+-]+"$/.test(json) ? json.slice(1, -1) : json;
}

function paint(colour: keyof typeof colours, text: string): string {
  return process.env.NO_COLOR ? text : `\u001b[${colours[colour]}m${text}\u001b[0m`;
}

/** What needs a closer look: anything but printable ASCII, and whatever may begin a secret. */
const suspicious = /[^ -~]|eyJ|skcs_|sks_|test_/;

/** JSON in which everything is escaped that breaks a line, drives a terminal, or hides or reverses text: nobody can forge a line. */
function printable(value: unknown): string {
  const json = JSON.stringify(value) ?? '';
  // Escapes are longer than what they stand for, never shorter.
  if (json.length <= longestText && !suspicious.test(json)) return json;
  return JSON.stringify(value, shorten).replaceAll(unseen, (character) =>
    // A surrogate pair is two escapes in JSON.
    Array.from({ length: character.length }, (_, half) => escapeHalf(character.charCodeAt(half))).join(''),
  );
}

function escapeHalf(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A token that somebody wrote into a path, or a secret of Scalekit's, gets no further than this. */
const secrets = /eyJ[\w-]+(?:\.[\w-]*)*|(?:skcs_|sks_|test_)[\w-]{4,}/g;

function shorten(name: string, value: unknown): unknown {
  if (typeof value === 'string') return cut(value, name === 'stack' ? longestStack : longestText);
  if (typeof value !== 'object' || value === null || name === '') return value;
  const json = JSON.stringify(value) ?? '';
  return json.length > longestText ? cut(json, longestText) : value;
}

function cut(text: string, longest: number): string {
  const safe = text.replaceAll(secrets, (secret) => `${secret.slice(0, 3)}…`);
  return safe.length > longest ? `${safe.slice(0, longest)}…` : safe;
}
