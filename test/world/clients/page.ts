import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../support/repository.ts';
import type { Conduct } from './walk.ts';

/** The page that says what each client does. */
export const page = join(repository, 'docs/clients.md');

/** What stands around the part of the page that the run writes. */
const begin = '<!-- written by the run: begin -->\n';
const end = '<!-- written by the run: end -->';

const columns: ReadonlyArray<readonly [title: string, value: (conduct: Conduct) => string]> = [
  ['client', ({ client }) => client],
  ['version', ({ version }) => version],
  ['protocol', ({ protocol }) => protocol],
  ['identity', ({ identity }) => identity],
  ['asks at first for', ({ scopes }) => scopes || 'nothing'],
  ['a scope is missing', ({ stepUp }) => stepUp],
  ['the token has expired', ({ expiry }) => expiry],
];

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;

/** A row is found by these, whatever else it says. */
const startOf = ({ name, version }: { readonly name: string; readonly version: string }) =>
  `| ${name} | ${version} |`;

/**
 * @param clients in the order of the table; rows of others are taken out.
 * @param conducts what this run has seen. The other clients keep the rows that they have.
 * @returns the whole page with the table brought up to date.
 */
export function pageWith(
  clients: ReadonlyArray<{ readonly name: string; readonly version: string }>,
  conducts: readonly Conduct[],
): string {
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  const kept = text.slice(from, to).split(/(?<=\n)/);
  const rows = clients.map((client) => {
    const seen = conducts.find((each) => each.client === client.name && each.version === client.version);
    return seen
      ? line(columns.map(([, value]) => value(seen)))
      : kept.find((row) => row.startsWith(startOf(client)));
  });
  const head = line(columns.map(([title]) => title)) + line(columns.map(() => '---'));
  return text.slice(0, from) + head + rows.filter((row) => row !== undefined).join('') + text.slice(to);
}
