// What the server says about itself: to models, to people, to directories of clients.
import type { Implementation } from '@modelcontextprotocol/server';
import { isUrl } from '../scalekit/urls.ts';
import type { Log } from './log.ts';

/** A picture of the server, which clients show beside its name. */
export interface Icon {
  /** Where it is: an `https:` or a `data:` URL. */
  readonly src: string;
  /** Such as `image/png`. */
  readonly mimeType?: string;
  /** Such as `48x48`, or `any` for one that can be scaled. */
  readonly sizes?: readonly string[];
  /** The background that it is made for. */
  readonly theme?: 'light' | 'dark';
}

/** What a server says about itself. */
export interface About {
  /** What people see. */
  readonly name: string;
  /** Yours, such as that of package.json. */
  readonly version: string;
  /**
   * What a model is told about the server as a whole: what it is for, and what its tools have in common. Some clients (Codex)
   * read only the first 512 characters, so the first paragraph has to fit into them and say what matters.
   */
  readonly instructions?: string;
  /** Where people read about it. */
  readonly websiteUrl?: string;
  /** Its pictures. */
  readonly icons?: readonly Icon[];
}

/** How much of the instructions every client reads (docs/mcp.md#clients). */
const readByAll = 512;

/** @returns what clients get in the answer to `initialize` and `server/discover`. @throws TypeError for what cannot be shown. */
export function implementationOf({ name, version, websiteUrl, icons }: About): Implementation {
  for (const url of [websiteUrl, ...(icons ?? []).map(({ src }) => src)]) checkUrl(url);
  return {
    name,
    version,
    ...(websiteUrl !== undefined && { websiteUrl }),
    ...(icons !== undefined && { icons: icons as NonNullable<Implementation['icons']> }),
  };
}

function checkUrl(url: string | undefined): void {
  if (url === undefined || /^(?:https?|data):/.test(isUrl(url) ? url : '')) return;
  throw new TypeError(
    `\`${url.slice(0, 100)}\` is shown by clients. Expected: an absolute URL, https: or data:`,
  );
}

/** Warns once if a client would read instructions that break off in the middle. */
export function warnOfLongInstructions({ instructions = '' }: About, log: Log): void {
  const [paragraph = ''] = instructions.trimStart().split(/\n[ \t]*\n/, 1);
  if (paragraph.length <= readByAll) return;
  const message = `Some clients read the first ${readByAll} characters of the instructions alone. Their first paragraph has ${paragraph.length}: say what matters in a first paragraph that fits, and the rest after an empty line.`;
  log('warn', 'instructions_cut', { message });
}
