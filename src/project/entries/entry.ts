import { isDeepStrictEqual } from 'node:util';
import type { ClientFile, JsonObject, JsonValue } from '../clients/client.ts';

/** An entry's place in the text of a file. */
export interface EntryPlace extends Pick<ClientFile, 'key' | 'format' | 'preamble'> {
  readonly name: string;
}

/** Why a client's file cannot be edited. The message is a clause for a sentence that names the file. */
export class NotUnderstood extends Error {
  /** From 1; undefined if it is about the whole file. */
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** Reads and edits one format. Everything outside the entry stays byte for byte. */
export interface EntryFormat {
  /** @throws NotUnderstood for a file that its client cannot read. */
  entries(text: string, place: Omit<EntryPlace, 'name'>): ReadonlyMap<string, JsonObject>;
  /** Adds an entry that is not there. */
  add(text: string, place: EntryPlace, value: JsonObject): string;
  /** Sets some keys of an entry and removes others; the rest stay. */
  change(text: string, place: EntryPlace, changes: EntryChanges): string;
  /** Takes an entry out. */
  remove(text: string, place: EntryPlace): string;
}

export interface EntryChanges {
  readonly set: ReadonlyArray<readonly [path: readonly string[], value: JsonValue]>;
  readonly drop: readonly string[];
}

/** The keys that clients use for the endpoint; an entry has one of them. */
const endpointKeys = ['url', 'httpUrl', 'serverUrl'];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values in an object that are not objects themselves, with their paths. */
function leavesOf(value: JsonObject, path: readonly string[] = []): EntryChanges['set'] {
  return Object.entries(value).flatMap(([key, part]) =>
    isObject(part) ? leavesOf(part, [...path, key]) : [[[...path, key], part] as const],
  );
}

function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, key) => (isObject(at) ? at[key] : undefined), value);
}

/** @returns what has to change in an entry to make it say what ours says; undefined if nothing does. */
export function changesOf(current: JsonObject, wanted: JsonObject): EntryChanges | undefined {
  const set = leavesOf(wanted).filter(([path, value]) => !isDeepStrictEqual(valueAt(current, path), value));
  const drop = endpointKeys.filter((key) => key in current && !(key in wanted));
  return set.length + drop.length === 0 ? undefined : { set, drop };
}

/** @returns the entry after the changes. */
export function changed(current: JsonObject, { set, drop }: EntryChanges): JsonObject {
  const copy = structuredClone(current) as Record<string, JsonValue>;
  for (const key of drop) delete copy[key];
  for (const [path, value] of set) {
    let at = copy;
    for (const key of path.slice(0, -1)) {
      if (!isObject(at[key])) at[key] = {};
      at = at[key] as Record<string, JsonValue>;
    }
    at[path.at(-1) ?? ''] = value;
  }
  return copy;
}

/** @returns the endpoint that an entry leads to, directly or through a bridge such as mcp-remote. */
export function endpointOf(entry: JsonObject): string | undefined {
  const direct = ['httpUrl', 'url', 'serverUrl']
    .map((key) => entry[key])
    .find((url) => typeof url === 'string');
  const { args } = entry;
  const argument = Array.isArray(args)
    ? args.find((word) => typeof word === 'string' && /^https?:\/\//.test(word))
    : undefined;
  return (direct ?? argument) as string | undefined;
}
