/** Names that npm forbids. */
const neverPackageNames = ['node_modules', 'favicon.ico'];

/** Words in capitals in a display name. */
const capitals: ReadonlySet<string> = new Set(['mcp', 'api', 'ai', 'crm', 'id', 'ui']);

/**
 * Makes an npm package name from a folder's name: lower case, accents dropped, anything else a hyphen.
 * @param taken names that may not be used: npm does not install a project with the name of one of its dependencies.
 * @returns a valid name of at most 214 characters; `mcp-server` if nothing is left.
 */
export function packageNameOf(folder: string, taken: readonly string[]): string {
  const slug = folder
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/-{2,}/g, '-')
    .slice(0, 200)
    .replaceAll(/^[-._]+|[-._]+$/g, '');
  if (slug === '') return 'mcp-server';
  return [...neverPackageNames, ...taken].includes(slug) ? `${slug}-server` : slug;
}

/** Makes a display name from a folder's name: `todo-mcp` becomes "Todo MCP". */
export function displayNameOf(folder: string): string {
  const words = folder.split(/[-_.\s]+/).filter((word) => word !== '');
  const name = words
    .map((word) =>
      capitals.has(word.toLowerCase())
        ? word.toUpperCase()
        : word.replace(/^./u, (first) => first.toUpperCase()),
    )
    .join(' ');
  return name === '' ? 'MCP Server' : [...name].slice(0, 200).join('');
}
