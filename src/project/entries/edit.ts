import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../clients/client.ts';
import { changed, changesOf, type EntryFormat, type EntryPlace, NotUnderstood } from './entry.ts';
import { jsonEntries } from './json.ts';
import { tomlEntries } from './toml.ts';

const formats: Readonly<Record<EntryPlace['format'], EntryFormat>> = {
  json: jsonEntries,
  jsonc: jsonEntries,
  toml: tomlEntries,
};

/** What happened to an entry. */
export type EntryChange = 'added' | 'updated' | 'removed' | 'none';

export interface EditedText {
  readonly text: string;
  readonly change: EntryChange;
}

/**
 * @returns the servers that a client's file lists, by their names.
 * @throws NotUnderstood if its client cannot read it.
 */
export function entriesIn(text: string, place: Omit<EntryPlace, 'name'>): ReadonlyMap<string, JsonObject> {
  return formats[place.format].entries(text, place);
}

/** An edit is accepted only if its result is what was meant, for this entry and for all others. */
function checked(text: string, place: EntryPlace, expected: ReadonlyMap<string, JsonObject>): string {
  let actual: ReadonlyMap<string, JsonObject> | undefined;
  try {
    actual = entriesIn(text, place);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
  }
  const isMeant = actual !== undefined && isDeepStrictEqual(actual, expected);
  if (!isMeant) throw new NotUnderstood('it is laid out in a way that cannot be edited safely');
  return text;
}

/**
 * Puts a server into the text of a client's file. Its other keys, other servers, comments, order and layout stay.
 * @param text empty for a file that does not exist.
 * @throws NotUnderstood if the text is not understood.
 */
export function putEntry(text: string, place: EntryPlace, value: JsonObject): EditedText {
  const format = formats[place.format];
  const entries = entriesIn(text, place);
  const current = entries.get(place.name);
  if (current === undefined) {
    const expected = new Map([...entries, [place.name, value]]);
    return { text: checked(format.add(text, place, value), place, expected), change: 'added' };
  }
  const changes = changesOf(current, value);
  if (changes === undefined) return { text, change: 'none' };
  const expected = new Map([...entries, [place.name, changed(current, changes)]]);
  return { text: checked(format.change(text, place, changes), place, expected), change: 'updated' };
}

/**
 * Removes a server from the text of a client's file.
 * @throws NotUnderstood if the text is not understood.
 */
export function removeEntry(text: string, place: EntryPlace): EditedText {
  const entries = new Map(entriesIn(text, place));
  if (!entries.delete(place.name)) return { text, change: 'none' };
  return { text: checked(formats[place.format].remove(text, place), place, entries), change: 'removed' };
}
