/** Clients take these in names of servers, each at least these (Claude Code is the strictest). */
export const entryNameRule = /^[\w-]{1,64}$/;

/** @returns a name that every client takes, of whatever a folder, a package or a host is called. */
export function entryName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
  return name === '' ? 'mcp-server' : name;
}
