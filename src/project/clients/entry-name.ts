/** The characters that all clients accept in servers' names (Claude Code is the strictest). */
export const entryNameRule = /^[\w-]{1,64}$/;

/** @returns a name that every client accepts, from the name of a folder, a package or a host. */
export function entryName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
  return name === '' ? 'mcp-server' : name;
}
