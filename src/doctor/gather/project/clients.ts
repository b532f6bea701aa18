import { mcpClients } from '../../../project/clients/index.ts';
import { inProject } from '../../../project/clients/machine.ts';
import { isUrl, maskSecrets } from '../../../scalekit/index.ts';
import type { ClientEntry, ClientProblem } from '../../facts/index.ts';
import { objectIn, parseObject } from '../../reading.ts';
import { lineAt, type TextFile } from './files.ts';
import { readJson } from './json-text.ts';

/** A client's file in a project, and how it is read (docs/mcp.md#client-files). */
interface ClientFile {
  readonly file: string;
  readonly client: ClientEntry['client'];
  readonly comments: boolean;
}

const files: readonly ClientFile[] = (
  ['claude-code', 'vscode', 'cursor', 'gemini', 'codex'] as const
).flatMap((client) => {
  const own = mcpClients[client].files.find(({ scope }) => scope === 'project');
  // Paths in a project have slashes on every system.
  const file = own?.paths(inProject, '')[0];
  return own && file ? [{ file, client, comments: own.format !== 'json' }] : [];
});

/** Where clients keep the servers of a project. */
export const clientFiles: readonly string[] = files.map(({ file }) => file);

type Entry = Readonly<Record<string, unknown>>;

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wordsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
}

/** The client id that an entry brings along, in the forms of Claude Code, Cursor, VS Code and mcp-remote. */
function clientIdOf(entry: Entry): string | undefined {
  const args = wordsIn(entry.args);
  const information = parseObject(args[args.indexOf('--static-oauth-client-info') + 1]);
  const places = [objectIn(entry.oauth), objectIn(entry.auth), information];
  const ids = places.flatMap((place) => [place?.clientId, place?.client_id, place?.CLIENT_ID]);
  return ids.map(textIn).find((id) => id !== undefined);
}

/** Which scopes the client is told to ask for: a list, or a text with spaces. */
function scopesOf(entry: Entry): readonly string[] | undefined {
  const said = objectIn(entry.oauth)?.scopes ?? objectIn(entry.auth)?.scopes ?? entry.scopes;
  if (typeof said === 'string') return said.split(/[\s,]+/).filter((word) => word !== '');
  return Array.isArray(said) ? wordsIn(said) : undefined;
}

/** A query may contain a key of any form, so nothing of it is kept. */
function withoutSecrets(url: string): string {
  return maskSecrets(url).replace(/\?.*$/, '?…(masked)');
}

/** Codex's `[mcp_servers.todo]` with `url = "…"`: read by pattern, since nothing else of TOML is needed. */
function readToml(text: string): Readonly<Record<string, Entry>> {
  const sections = [
    ...text.matchAll(/^\s*\[mcp_servers\.(?:"([^"]+)"|([\w-]+))\]([\s\S]*?)(?=^\s*\[|$(?![\s\S]))/gm),
  ];
  return Object.fromEntries(
    sections.map(([, quoted, bare, body = '']) => [
      quoted ?? bare ?? '',
      {
        url: /^\s*url\s*=\s*["']([^"']+)/m.exec(body)?.[1],
        scopes: /^\s*scopes\s*=\s*\[([^\]]*)\]/m.exec(body)?.[1]?.match(/[^\s,"']+/g) ?? undefined,
      },
    ]),
  );
}

interface Entries {
  readonly entries: ReadonlyArray<readonly [name: string, entry: Entry]>;
  readonly problem?: Omit<ClientProblem, 'file'>;
}

function entriesOf({ client, comments }: ClientFile, text: string): Entries {
  if (client === 'codex') return { entries: Object.entries(readToml(text)) };
  const read = readJson(text, comments);
  // What a strict parser refuses is still read, so that the other checks can run.
  const lenient = 'value' in read ? read : readJson(text, true);
  const document = 'value' in lenient ? lenient.value : {};
  const servers = Object.entries({ ...objectIn(document.servers), ...objectIn(document.mcpServers) });
  const entries = servers.map(([name, value]) => [name, objectIn(value) ?? {}] as const);
  return { entries, ...('problem' in read ? { problem: read } : {}) };
}

function urlOf(entry: Entry): string | undefined {
  const said = textIn(entry.httpUrl) ?? textIn(entry.url);
  return said ?? wordsIn(entry.args).find((word) => /^https?:\/\//.test(word));
}

/** @returns the entries of a client's configuration that lead to a URL, directly or through a bridge such as mcp-remote. */
export function readClients({ file, text }: TextFile): readonly ClientEntry[] {
  const of = files.find((each) => each.file === file);
  if (of === undefined) return [];
  const { entries } = entriesOf(of, text);
  return entries.flatMap(([name, entry]): readonly ClientEntry[] => {
    const url = urlOf(entry);
    if (url === undefined || !isUrl(url)) return [];
    const clientId = clientIdOf(entry);
    const scopes = scopesOf(entry);
    const isSse =
      entry.type === 'sse' ||
      (of.client === 'gemini' && entry.httpUrl === undefined && entry.url !== undefined);
    const typed = text.match(/"type"\s*:\s*"sse"/g) ?? [];
    return [
      {
        file,
        client: of.client,
        line: lineAt(text, text.indexOf(url)),
        name,
        url: withoutSecrets(url),
        ...(clientId && { clientId: maskSecrets(clientId) }),
        ...(scopes && { scopes }),
        ...(isSse ? { asksSse: true } : {}),
        ...(entry.type === 'sse' && typed.length === 1 ? { sseText: typed[0] } : {}),
        isOnlyEntry: entries.length === 1,
      },
    ];
  });
}

/** @returns why the client cannot read its own file. */
export function clientProblemOf({ file, text }: TextFile): readonly ClientProblem[] {
  const of = files.find((each) => each.file === file);
  const problem = of === undefined ? undefined : entriesOf(of, text).problem;
  return problem === undefined ? [] : [{ file, ...problem }];
}
