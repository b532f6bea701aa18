import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mcpClients } from '../../project/clients/index.ts';
import { entriesIn, putEntry } from '../../project/entries/edit.ts';
import { changesOf, endpointOf, NotUnderstood } from '../../project/entries/entry.ts';

/** Paths in a project have slashes on every system. */
const machine = { platform: 'linux', env: {}, home: '' } as const;

const pinned = (scopes: readonly string[]) => [...scopes, 'offline_access'];

function textOf(directory: string, path: string): string | undefined {
  try {
    return readFileSync(join(directory, path), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * A client that is told which scopes to ask for never asks for a new one: its entry gets it, where it is as `connect` and
 * `create` write it. An entry that its owner has changed stays.
 * @param before the scopes that the project had.
 * @returns the old and the new text of each of the project's client files that changes.
 */
export function pinNewScopes(
  directory: string,
  before: readonly string[],
  added: readonly string[],
): ReadonlyArray<readonly [path: string, before: string, after: string]> {
  if (added.length === 0) return [];
  const files = Object.values(mcpClients).flatMap((client) =>
    client.scopes === 'pinned' ? client.files : [],
  );
  return files
    .filter(({ scope }) => scope === 'project')
    .flatMap((file) =>
      file.paths(machine, '').flatMap((path) => {
        const text = textOf(directory, path);
        if (text === undefined) return [];
        try {
          const changed = [...entriesIn(text, file)].reduce((current, [name, entry]) => {
            const url = endpointOf(entry) ?? '';
            const ours = file.entry({ name, url, scopes: pinned(before) }, machine);
            if (changesOf(entry, ours) !== undefined) return current;
            const wanted = file.entry({ name, url, scopes: pinned([...before, ...added]) }, machine);
            return putEntry(current, { ...file, name }, wanted).text;
          }, text);
          return [[path, text, changed] as const];
        } catch (error) {
          if (error instanceof NotUnderstood) return [];
          throw error;
        }
      }),
    );
}
