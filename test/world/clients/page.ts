import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../support/repository.ts';
import type { Renewal } from './renewal.ts';
import type { Conduct } from './walk.ts';

/** The page that describes what each client does. */
export const page = join(repository, 'docs/clients.md');

/** Every row begins with these two, which identify it. */
interface Named {
  readonly client: string;
  readonly version: string;
}

interface Table<Row extends Named> {
  /** The name in the comments around the table. */
  readonly name: string;
  /** Of the columns after the client and its version. */
  readonly columns: ReadonlyArray<readonly [title: string, value: (row: Row) => string]>;
}

export const conducts: Table<Conduct> = {
  name: 'conduct',
  columns: [
    ['protocol', ({ protocol }) => protocol],
    ['identity', ({ identity }) => identity],
    ['asks at first for', ({ scopes }) => scopes || 'nothing'],
    ['a scope is missing', ({ stepUp }) => stepUp],
    ['the token has expired', ({ expiry }) => expiry],
  ],
};

export const renewals: Table<Renewal> = {
  name: 'renewal',
  columns: [
    ['where `offline_access` is named', ({ namesScopes }) => namesScopes],
    ['the connection lives', ({ lives }) => lives],
  ],
};

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;

/**
 * @param clients in the order of the table; rows of others are taken out.
 * @param seen by this run. Clients that it did not try keep the rows that they have.
 * @returns the whole page, with one table brought up to date.
 */
export function pageWith<Row extends Named>(
  { name, columns }: Table<Row>,
  clients: ReadonlyArray<{ readonly name: string; readonly version: string }>,
  seen: readonly Row[],
): string {
  const text = readFileSync(page, 'utf8');
  const begin = `<!-- ${name}: written by the run -->\n`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(`<!-- ${name}: end -->`);
  const old = text.slice(from, to).split(/(?<=\n)/);
  const rows = clients.map((client) => {
    const row = seen.find((each) => each.client === client.name && each.version === client.version);
    if (row === undefined)
      return old.find((each) => each.startsWith(`| ${client.name} | ${client.version} |`));
    return line([client.name, client.version, ...columns.map(([, value]) => value(row))]);
  });
  const titles = ['client', 'version', ...columns.map(([title]) => title)];
  const head = line(titles) + line(titles.map(() => '---'));
  return text.slice(0, from) + head + rows.filter((row) => row !== undefined).join('') + text.slice(to);
}
