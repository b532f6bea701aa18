import { existsSync } from 'node:fs';
import type {
  ClientFile,
  ClientScope,
  JsonObject,
  Machine,
  McpClient,
} from '../../project/clients/client.ts';
import { type ConfigFile, readConfigFile } from '../../project/config-file.ts';
import { type EditedText, entriesIn, putEntry, removeEntry } from '../../project/entries/edit.ts';
import { type EntryPlace, endpointOf, NotUnderstood } from '../../project/entries/entry.ts';
import { printable } from '../../scalekit/index.ts';
import { UsageError, UserError } from '../../terminal/errors.ts';
import { recall } from './journal.ts';
import type { Target } from './target.ts';

/** What will be done to a client's file. */
export interface ConnectPlan {
  readonly file: ConfigFile;
  readonly place: EntryPlace;
  readonly edited: EditedText;
  /** The text that replaces the old one; undefined if the file is deleted. */
  readonly text: string | undefined;
  /** Folders that are deleted with the file. */
  readonly folders: readonly string[];
  /** The URL that the entry had before, if it was another one. */
  readonly ledTo: string | undefined;
}

/**
 * @returns the file of a client in a scope.
 * @throws UsageError if it has no file in that scope.
 */
export function fileOf(client: McpClient, scope: ClientScope | undefined): ClientFile {
  const file = scope === undefined ? client.files[0] : client.files.find((each) => each.scope === scope);
  if (file !== undefined) return file;
  const known = client.files.map((each) => each.scope).join(' or ') || 'no --scope';
  throw new UsageError(`--scope: ${client.name} has no file of a ${scope}\n    expected ${known}`, {
    code: 'connect/scope',
    next: 'scalekit-mcp connect --help',
  });
}

function refuse(path: string, error: unknown, byHand: string): never {
  if (!(error instanceof NotUnderstood)) throw error;
  const where = error.line === undefined ? '' : `, line ${error.line}`;
  throw new UserError(
    `${path}${where}: ${printable(error.message)}. The file was not touched.\n\nBy hand, in the file:\n\n${byHand}\n`,
    {
      code: 'connect/file',
      next: 'mend the file, and run it again',
    },
  );
}

/** An entry as a person would write it. */
export function asText(place: EntryPlace, value: JsonObject): string {
  return putEntry('', place, value).text.trimEnd();
}

interface Request {
  readonly client: McpClient;
  readonly scope: ClientScope | undefined;
  readonly machine: Machine;
  readonly project: string;
  readonly target: Target;
  readonly remove: boolean;
}

/** An entry that starts a program cannot be an old address of this server. */
function refuseTaken(path: string, name: string, entry: JsonObject, wanted: JsonObject): void {
  const endpoint = endpointOf(entry);
  const isBridge = typeof wanted.command === 'string';
  if (Object.keys(entry).length === 0) return;
  if (endpoint !== undefined && (typeof entry.command === 'string') === isBridge) return;
  throw new UserError(`${name} is another server in ${path}, not one at a URL. Nothing was written.`, {
    code: 'connect/name-taken',
    next: `give this one another name: --name ${name}-http`,
  });
}

/** The name of the server's entry in the file. */
function nameIn(entries: ReadonlyMap<string, JsonObject>, { name, url, isNamed }: Target): string {
  if (isNamed || entries.has(name)) return name;
  return [...entries].find(([, entry]) => endpointOf(entry) === url)?.[0] ?? name;
}

function planAddition(
  { client, scope, machine, target }: Request,
  file: ConfigFile,
  name: string,
  entries: ReadonlyMap<string, JsonObject>,
): Omit<ConnectPlan, 'file'> {
  const clientFile = fileOf(client, scope);
  const place: EntryPlace = { ...clientFile, name };
  const value = clientFile.entry({ ...target, name }, machine);
  const current = entries.get(name);
  if (current !== undefined) refuseTaken(file.path, name, current, value);
  const before = current && endpointOf(current);
  try {
    const edited = putEntry(file.text ?? '', place, value);
    return {
      place,
      edited,
      text: edited.text,
      folders: [],
      ledTo: before === target.url ? undefined : before,
    };
  } catch (error) {
    return refuse(file.path, error, asText(place, value));
  }
}

async function planRemoval(
  { client, scope, machine }: Request,
  file: ConfigFile,
  name: string,
  entries: ReadonlyMap<string, JsonObject>,
): Promise<Omit<ConnectPlan, 'file'>> {
  const place: EntryPlace = { ...fileOf(client, scope), name };
  const text = file.text ?? '';
  const current = entries.get(name);
  const common = { place, folders: [], ledTo: undefined };
  if (current === undefined) return { ...common, edited: { text, change: 'none' }, text };
  const original = await recall({ env: machine.env, path: file.target, name }, text);
  // The entry is removed even if we did not add it.
  if (original !== undefined && !entriesIn(original.text ?? '', place).has(name))
    return { ...common, ...original, edited: { text: original.text ?? '', change: 'removed' } };
  // A file with only this entry was created for it.
  if (asText(place, current) === text.trimEnd())
    return { ...common, text: undefined, edited: { text: '', change: 'removed' } };
  try {
    const edited = removeEntry(text, place);
    return { ...common, edited, text: edited.text };
  } catch (error) {
    return refuse(file.path, error, `take ${name} out of ${place.key}`);
  }
}

/**
 * Plans what connecting, or disconnecting, does to a client's file. Reads it; changes nothing.
 * @throws UserError for a file that cannot be read or is not understood, and for a name that another server has.
 */
export async function planConnection(request: Request): Promise<ConnectPlan> {
  const { client, scope, machine, project, target, remove } = request;
  const clientFile = fileOf(client, scope);
  const paths = clientFile.paths(machine, project);
  const path = paths.find((each) => existsSync(each)) ?? paths[0];
  const file = await readConfigFile(path, { within: clientFile.scope === 'project' ? project : undefined });
  let entries: ReadonlyMap<string, JsonObject>;
  try {
    entries = entriesIn(file.text ?? '', clientFile);
  } catch (error) {
    const place: EntryPlace = { ...clientFile, name: target.name };
    return refuse(
      path,
      error,
      remove ? `take ${target.name} out of ${place.key}` : asText(place, clientFile.entry(target, machine)),
    );
  }
  const name = nameIn(entries, target);
  const plan = remove
    ? await planRemoval(request, file, name, entries)
    : planAddition(request, file, name, entries);
  return { file, ...plan };
}
