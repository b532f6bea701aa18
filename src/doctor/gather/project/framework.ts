import type { Framework, PackageFact } from '../../facts/index.ts';
import type { TextFile } from './files.ts';

/** Packages that identify a framework, the most specific first; the last ones are beneath nearly every server. */
const byPackage: ReadonlyArray<
  readonly [ecosystem: PackageFact['ecosystem'], name: string, framework: Framework]
> = [
  ['pypi', 'fastmcp', 'fastmcp'],
  ['npm', 'mcp-use', 'mcp-use'],
  ['npm', 'xmcp', 'xmcp'],
  ['npm', 'mcp-framework', 'mcp-framework'],
  ['npm', 'skybridge', 'skybridge'],
  ['npm', 'fastmcp', 'fastmcp-js'],
  ['pypi', 'fastapi-mcp', 'fastapi'],
  ['pypi', 'mcp', 'mcp-python'],
  ['npm', 'next', 'next'],
  ['npm', 'hono', 'hono'],
  ['npm', 'express', 'express'],
  ['npm', '@modelcontextprotocol/express', 'express'],
  ['npm', '@modelcontextprotocol/hono', 'hono'],
  ['npm', '@modelcontextprotocol/sdk', 'sdk'],
  ['npm', '@modelcontextprotocol/server', 'sdk'],
];

/** What the source imports, for when no manifest says so (a script, a virtual environment of the whole machine). */
const byImport: ReadonlyArray<readonly [pattern: RegExp, framework: Framework]> = [
  [/^\s*(?:from|import)\s+fastmcp\b/m, 'fastmcp'],
  [/^\s*(?:from|import)\s+fastapi_mcp\b/m, 'fastapi'],
  [/^\s*(?:from|import)\s+mcp\b/m, 'mcp-python'],
  [/from ['"]mcp-framework['"]/, 'mcp-framework'],
  [/from ['"]hono['"]/, 'hono'],
  [/(?:from ['"]express['"]|require\(['"]express['"]\))/, 'express'],
  [/['"]@modelcontextprotocol\//, 'sdk'],
];

/** @returns what a server is made with, by its packages, or else by what its source imports. */
export function frameworkOf(
  packages: readonly PackageFact[],
  sources: readonly TextFile[],
  isGenerated: boolean,
): Framework {
  if (isGenerated) return 'generated';
  const asked = packages.filter(
    ({ range, ecosystem, version }) => range !== '' || ecosystem === 'pypi' || version !== undefined,
  );
  const row = byPackage.find(([ecosystem, name]) =>
    asked.some(
      (fact) =>
        fact.ecosystem === ecosystem && fact.name === name && (ecosystem === 'pypi' || fact.range !== ''),
    ),
  );
  const imported = byImport.find(([pattern]) => sources.some(({ text }) => pattern.test(text)));
  const found = row?.[2] ?? imported?.[1];
  // The SDK's application is mounted in a FastAPI application, which serves it.
  if (found === 'mcp-python' && sources.some(({ text }) => /=\s*FastAPI\s*\(/.test(text))) return 'fastapi';
  // A framework that is required but not imported belongs to another part of the project.
  const isRouter = row !== undefined && ['hono', 'express'].includes(row[2]);
  if (row !== undefined)
    return isRouter && imported !== undefined && imported[1] !== 'sdk' ? imported[1] : row[2];
  if (imported !== undefined) return imported[1];
  if (sources.some(({ file }) => file.endsWith('.py'))) return 'python';
  return sources.length > 0 ? 'node' : 'unknown';
}

/** @returns whether the source makes an MCP server at all; other programs are none of the doctor's business. */
export function servesMcp(framework: Framework): boolean {
  return framework !== 'node' && framework !== 'python' && framework !== 'unknown';
}
