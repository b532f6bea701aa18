import { createHash } from 'node:crypto';
import { readJsonFile, replacePrivateFile } from '../../project/private-files.ts';
import { stateDirectory } from '../../project/state-directory.ts';

/**
 * Records which files `connect` has changed, so that `--remove` restores them byte for byte. Of each file, only the replaced text
 * and the hash of the new one are kept. If somebody else has changed the file since, only the entry is removed.
 */

interface Undo {
  /** SHA-256 of the text that was written. */
  readonly after: string;
  /** What to put back, instead of `length` characters from `start`; null if there was no file. */
  readonly back: { readonly start: number; readonly length: number; readonly text: string } | null;
  /** Folders that were made for the file. */
  readonly folders: readonly string[];
}

type Journal = Readonly<Record<string, Undo>>;

const fileName = 'connect.json';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const keyOf = (path: string, name: string) => `${path}#${name}`;

export interface JournalPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file's path, with links resolved. */
  readonly path: string;
  /** The entry's name. */
  readonly name: string;
}

/** The journal only makes removal exact, so connecting continues if it cannot be written. */
async function read(env: JournalPlace['env']): Promise<Journal> {
  const value = await readJsonFile(stateDirectory(env), fileName).catch(() => undefined);
  return typeof value === 'object' && value !== null ? (value as Journal) : {};
}

async function write(env: JournalPlace['env'], journal: Journal): Promise<void> {
  await replacePrivateFile(stateDirectory(env), fileName, journal).catch(() => {});
}

function backFrom(before: string, after: string): NonNullable<Undo['back']> {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start: head, length: after.length - head - tail, text: before.slice(head, before.length - tail) };
}

/** A file before an entry was added. */
export interface Original {
  /** Undefined if there was no file. */
  readonly text: string | undefined;
  readonly folders: readonly string[];
}

/** @returns the file's old state, if it is still as we left it. */
export async function recall(
  { env, path, name }: JournalPlace,
  current: string,
): Promise<Original | undefined> {
  const undo = (await read(env))[keyOf(path, name)];
  if (undo === undefined || undo.after !== hash(current)) return undefined;
  const { back, folders } = undo;
  if (back === null) return { text: undefined, folders };
  return {
    text: current.slice(0, back.start) + back.text + current.slice(back.start + back.length),
    folders,
  };
}

/** Records what was written, and what was there before. */
export async function remember(place: JournalPlace, original: Original, written: string): Promise<void> {
  const journal = await read(place.env);
  const back = original.text === undefined ? null : backFrom(original.text, written);
  const undo: Undo = { after: hash(written), back, folders: original.folders };
  await write(place.env, { ...journal, [keyOf(place.path, place.name)]: undo });
}

/** Forgets an entry that was removed. */
export async function forget({ env, path, name }: JournalPlace): Promise<void> {
  const { [keyOf(path, name)]: gone, ...others } = await read(env);
  if (gone !== undefined) await write(env, others);
}
