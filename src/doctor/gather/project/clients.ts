import { maskSecrets } from '../../../scalekit/index.ts';
import type { ClientEntry } from '../../facts.ts';
import { lineAt, objectIn, parseObject, type TextFile } from './files.ts';

/** Where clients keep the servers of a project (docs/mcp.md#clients). */
export const clientFiles = ['.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json'] as const;

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wordsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
}

/** The client id that an entry brings along, in the forms of Claude Code, Cursor, VS Code and mcp-remote. */
function clientIdOf(entry: Readonly<Record<string, unknown>>): string | undefined {
  const args = wordsIn(entry.args);
  const information = parseObject(args[args.indexOf('--static-oauth-client-info') + 1]);
  const places = [objectIn(entry.oauth), objectIn(entry.auth), information];
  const ids = places.flatMap((place) => [place?.clientId, place?.client_id, place?.CLIENT_ID]);
  return ids.map(textIn).find((id) => id !== undefined);
}

/** A query may hold a key of any form, so none of it is kept. */
function withoutSecrets(url: string): string {
  return maskSecrets(url).replace(/\?.*$/, '?…(masked)');
}

/** @returns the entries of a client's configuration that lead to a URL, directly or through a bridge such as mcp-remote. */
export function readClients({ file, text }: TextFile): readonly ClientEntry[] {
  const document = parseObject(text) ?? {};
  const entries = Object.entries({ ...objectIn(document.servers), ...objectIn(document.mcpServers) });
  return entries.flatMap(([name, value]): readonly ClientEntry[] => {
    const entry = objectIn(value) ?? {};
    const url = textIn(entry.url) ?? wordsIn(entry.args).find((word) => /^https?:\/\//.test(word));
    if (url === undefined || !URL.canParse(url)) return [];
    const clientId = clientIdOf(entry);
    const line = lineAt(text, text.indexOf(JSON.stringify(url)));
    return [
      {
        file,
        line,
        name,
        url: withoutSecrets(url),
        ...(clientId && { clientId: maskSecrets(clientId) }),
        isOnlyEntry: entries.length === 1,
      },
    ];
  });
}
