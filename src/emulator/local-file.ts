import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../scalekit/index.ts';
import { type OptionProblem, problemsError, systemCode, UserError } from '../terminal/errors.ts';
import { type Switches, standards, switches } from './switches.ts';

/** A project's file with the switches of its local Scalekit. It is committed, and contains no secret. */
export const localFile = 'local-scalekit.json';

type Values = Readonly<Record<string, unknown>>;

/** The switches from the command line, else from the project's file, else their defaults. */
export interface SettledSwitches {
  readonly decides: Switches;
  /** What the command line changed in the file, as a sentence. */
  readonly note?: string;
}

const help = 'see the switches in: scalekit-mcp emulate --help';

function parse(text: string): Values {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Reported below.
  }
  throw new UserError(`${localFile} is not a JSON object.`, { code: 'local-scalekit/json', next: help });
}

/** @throws UserError if the file cannot be read, or is not a JSON object. */
function readValues(directory: string): Values {
  try {
    return parse(readFileSync(join(directory, localFile), 'utf8'));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    if (code === undefined) throw error;
    throw new UserError(`${localFile} cannot be read: ${code}.`, {
      code: 'local-scalekit/unreadable',
      cause: error,
    });
  }
}

/** Writes the file atomically: `dev` watches it, and must never see half of it. */
function writeValues(directory: string, values: Values): void {
  const path = join(directory, localFile);
  if (Object.keys(values).length === 0) {
    rmSync(path, { force: true });
    return;
  }
  const staged = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(staged, `${JSON.stringify(values, null, 2)}\n`);
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw new UserError(`${localFile} cannot be written: ${systemCode(error) ?? String(error)}.`, {
      cause: error,
    });
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Checks values by their rows. @param nameOf the name of a key in errors. */
function settle(values: Values, nameOf: (key: string) => string) {
  const problems: OptionProblem[] = [];
  const kept: Record<string, unknown> = {};
  let decides: Switches = {};
  for (const [key, value] of Object.entries(values)) {
    const checked = switches.find((row) => row.key === key)?.check(value);
    if (checked?.ok) {
      kept[key] = checked.value.kept;
      decides = { ...decides, ...checked.value.decides };
    } else {
      const known = switches.map((row) => row.key).join(', ');
      const unknown = {
        code: 'unknown',
        reason: 'There is no such switch',
        actual: printable(key),
        expected: known,
      };
      problems.push({ option: nameOf(key), ...(checked?.problem ?? unknown) });
    }
  }
  return { kept, decides, problems };
}

/** @returns the switches among a command's options, by key, without those that were not given. */
function switchesIn(options: Values): Values {
  return Object.fromEntries(
    switches.flatMap(({ key }) => (options[key] === undefined ? [] : [[key, options[key]]])),
  );
}

function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Whether the folder is a project, so that we may write our file there. */
function isProject(directory: string): boolean {
  return ['.env', '.scalekit-mcp.json', localFile].some((file) => existsSync(join(directory, file)));
}

/**
 * Merges the switches in a project's file with those on the command line.
 * @param options of the command line, by commander's names.
 * @param keep whether the command line's switches are saved in the file, if the folder is a project.
 * @throws UsageError naming every wrong flag; UserError naming what is wrong in the file.
 */
export function settleSwitches(directory: string, options: Values = {}, keep = false): SettledSwitches {
  const file = readValues(directory);
  const old = settle(file, (key) => `${localFile}: ${key}`);
  if (old.problems.length > 0) {
    const { message } = problemsError(old.problems, help);
    throw new UserError(message, { code: 'local-scalekit/value', next: help });
  }
  const said = settle(switchesIn(options), flagOf);
  if (said.problems.length > 0) throw problemsError(said.problems, help);
  const decides = { ...standards, ...old.decides, ...said.decides };
  const together = Object.entries({ ...old.kept, ...said.kept });
  const kept = Object.fromEntries(
    together.filter(([key, value]) => !isSame(value, switches.find((row) => row.key === key)?.standard)),
  );
  const isNews = Object.keys(said.kept).length > 0 && !isSame(kept, old.kept);
  if (!keep || !isNews || !isProject(directory)) return { decides };
  writeValues(directory, kept);
  const names = Object.keys(said.kept).map((key) => `${key} ${JSON.stringify(said.kept[key])}`);
  return { decides, note: `${names.join(', ')}: saved in ${localFile}` };
}
