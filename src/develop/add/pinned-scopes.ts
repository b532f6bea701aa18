import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientFile } from '../../project/clients/client.ts';
import { mcpClients } from '../../project/clients/index.ts';
import { inProject } from '../../project/clients/machine.ts';
import { entriesIn, putEntry } from '../../project/entries/edit.ts';
import { changesOf, endpointOf, NotUnderstood } from '../../project/entries/entry.ts';
import { withOfflineAccess } from '../../scalekit/index.ts';

function textOf(directory: string, path: string): string | undefined {
  try {
    return readFileSync(join(directory, path), 'utf8');
  } catch {
    return undefined;
  }
}

/** @returns the text of a client's file with the scopes in the entries that are still as we wrote them. */
function withNewScopes(
  text: string,
  file: ClientFile,
  before: readonly string[],
  after: readonly string[],
): string {
  return [...entriesIn(text, file)].reduce((current, [name, entry]) => {
    const entryFor = (scopes: readonly string[]) =>
      file.entry({ name, url: endpointOf(entry) ?? '', scopes: withOfflineAccess(scopes) }, inProject);
    if (changesOf(entry, entryFor(before)) !== undefined) return current;
    return putEntry(current, { ...file, name }, entryFor(after)).text;
  }, text);
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
      file.paths(inProject, '').flatMap((path) => {
        const text = textOf(directory, path);
        if (text === undefined) return [];
        try {
          return [[path, text, withNewScopes(text, file, before, [...before, ...added])] as const];
        } catch (error) {
          if (error instanceof NotUnderstood) return [];
          throw error;
        }
      }),
    );
}
