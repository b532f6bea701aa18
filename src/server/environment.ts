// The environment: every variable that the server reads, ours and the owner's, checked before anything starts.
import { readFileSync } from 'node:fs';
import { type Problem, printable } from '../scalekit/checked.ts';
import { variablesOfEnv } from '../scalekit/env-assignments.ts';
import { isUtf16, utf16Problem } from '../scalekit/env-encoding.ts';
import { rules, type Settings } from './settings.ts';
import type { OwnVariables, ValuesOf, VariableDeclarations } from './variables.ts';

/** The settings of the server, and the owner's variables. */
export type Environment<Own = OwnVariables> = Settings & Own;

/** The problems, one line per variable, or the values, with a note for each corrected one. */
export type ReadEnvironment<Own> =
  | { readonly env: Environment<Own>; readonly own: Own; readonly notes: readonly string[] }
  | { readonly problems: readonly string[] };

type Texts = Readonly<Record<string, string | undefined>>;

/**
 * Reads `.env` into the process environment, which takes precedence. A missing `.env` is fine: in a container
 * everything comes from the environment.
 * @returns why a file that exists cannot be read.
 */
export function loadEnvironmentFile(): string | undefined {
  try {
    const bytes = readFileSync('.env');
    if (isUtf16(bytes)) return `.env ${utf16Problem}`;
    // The decoder drops a byte order mark, which would hide the first variable.
    const text = new TextDecoder().decode(bytes);
    for (const [name, value] of Object.entries(variablesOfEnv(text))) process.env[name] ??= value;
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : `.env cannot be read: ${message}`;
  }
}

/**
 * Checks all variables at once.
 * @param from names and values, such as `process.env`.
 * @param declarations the owner's variables.
 */
export function readEnvironment<const Declarations extends VariableDeclarations>(
  from: Texts,
  declarations: Declarations,
): ReadEnvironment<ValuesOf<Declarations>> {
  const reading = new Reading(from);
  const settings = Object.fromEntries(
    Object.keys(rules).map((name) => [name, reading.setting(name as never)]),
  );
  const own = Object.fromEntries(
    Object.entries(declarations).map(([name, declaration]) => [name, reading.own(name, declaration)]),
  );
  if (reading.problems.length > 0) return { problems: reading.problems };
  return {
    env: { ...own, ...settings } as unknown as Environment<ValuesOf<Declarations>>,
    own: own as ValuesOf<Declarations>,
    notes: reading.notes,
  };
}

class Reading {
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  readonly #from: Texts;
  readonly #production: boolean;

  constructor(from: Texts) {
    this.#from = from;
    this.#production = from.NODE_ENV === 'production' || from.APP_ENV === 'production';
  }

  /** @returns the value; undefined if it is missing or wrong, which is then among the problems. */
  setting<Name extends keyof Settings>(name: Name): Settings[Name] | undefined {
    const { check, otherwise, inProduction } = rules[name];
    const text = this.#text(name);
    if (text === undefined) {
      if (otherwise === undefined) this.#missing(name, check(''));
      return this.#production ? (otherwise?.inProduction ?? otherwise?.value) : otherwise?.value;
    }
    const checked = check(text);
    if (!checked.ok) return this.#refuse(name, text, checked.problem);
    const objection = this.#production ? inProduction?.(checked.value) : undefined;
    if (objection) return this.#refuse(name, text, { ...objection, actual: printable(text) });
    this.notes.push(...checked.notes);
    return checked.value;
  }

  own(name: string, declaration: VariableDeclarations[string]): string | undefined {
    if (Object.hasOwn(rules, name)) throw new TypeError(`The server has a variable ${name} of its own`);
    const text = this.#text(name);
    if (text !== undefined) return text;
    if (typeof declaration === 'string') this.problems.push(`${name} is missing. ${declaration}`);
    else if ('default' in declaration) return declaration.default;
    return undefined;
  }

  /** `NAME=` in a file means that nobody has filled it in yet. */
  #text(name: string): string | undefined {
    return this.#from[name]?.trim() || undefined;
  }

  #missing(name: string, nothing: { ok: true } | { ok: false; problem: Problem }): void {
    const expected = nothing.ok ? '' : ` Expected: ${nothing.problem.expected}.`;
    this.problems.push(`${name} is missing.${expected}`);
  }

  #refuse(name: string, text: string, { reason, actual, expected }: Omit<Problem, 'code'>): undefined {
    this.problems.push(`${name} is \`${actual}\`: ${reason}. Expected: ${expected}.${hintFor(text)}`);
    return undefined;
  }
}

/** A common mistake in a value: `docker run --env-file` and some process managers take the lines of a file as they are. */
function hintFor(text: string): string {
  if (/^(["'`]).*\1$/.test(text)) return ' The quotes have become part of the value: write it without them.';
  return /\s#/.test(text)
    ? ' What follows the # has become part of the value: write it on a line of its own.'
    : '';
}
