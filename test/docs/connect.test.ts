import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientFile, McpClient, ScopesTold } from '../../src/project/clients/client.ts';
import { mcpClients } from '../../src/project/clients/index.ts';
import { putEntry } from '../../src/project/entries/edit.ts';
import { repository } from '../support/repository.ts';

/** docs/connect.md: its table comes from the clients themselves. `-u` writes it. */

const page = join(repository, 'docs/connect.md');
const [begin, end] = ['<!-- table: begin -->\n', '<!-- table: end -->'];

const machine = { platform: 'linux', env: {}, home: '~' } as const;
const server = { name: 'todo', url: 'http://localhost:3002/mcp', scopes: ['todo:read', 'offline_access'] };

const life = (told: ScopesTold) => (told === 'pinned' ? 'until somebody ends it' : `an hour: ${told.not}`);

/** What `connect` writes, as a table cell. */
function cellOf(file: ClientFile | undefined): string {
  if (file === undefined) return '';
  const entry = file.entry(server, machine);
  const { text } = putEntry('', { ...file, name: server.name }, entry);
  const lines = file.format === 'toml' ? text.trim().split('\n') : [JSON.stringify(JSON.parse(text))];
  return lines.map((line) => `\`${line}\``).join('<br>');
}

/** Where a person configures the client, if it has no file. */
function stepsOf({ byHand }: McpClient): readonly string[] {
  if (byHand?.(server, machine, undefined) !== undefined) return ['none: it says what to do'];
  const isPublic = { ...server, url: 'https://mcp.example.com/mcp' };
  return [
    ...(byHand?.(server, machine, 'user') === undefined ? [] : ['for all folders it says what to do']),
    ...(byHand?.(isPublic, machine, undefined) === undefined ? [] : ['for a public URL it says what to do']),
  ];
}

function rowOf(client: McpClient): string {
  const { id, name, files, scopes } = client;
  const paths = files.map((file) => `\`${file.paths(machine, '')[0]}\` (${file.scope})`);
  const where = [...paths, ...stepsOf(client)].join(', ');
  const told = scopes === 'pinned' ? 'yes' : 'no';
  return `| \`${id}\` | ${name} | ${where} | ${cellOf(files[0])} | ${told} | ${life(scopes)} |\n`;
}

test('docs/connect.md has every client, with what is written for it', async () => {
  const text = readFileSync(page, 'utf8');
  const head =
    '| client | | file | what is written | scopes | a connection lives |\n|---|---|---|---|---|---|\n';
  const rows = Object.values(mcpClients).map(rowOf).join('');
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  expect(from).toBeGreaterThan(begin.length);
  await expect(text.slice(0, from) + head + rows + text.slice(to)).toMatchFileSnapshot(page);
});
