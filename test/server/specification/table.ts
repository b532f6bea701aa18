// The statements as a section of docs/conformance.md.
import { statements } from './statements.ts';

/** The heading under which the section stands, and which no other section has. */
export const heading = '## MCP 2026-07-28, statement by statement';

const here = 'test/server/specification.test.ts';

/** @returns the lines of the section. */
export function specificationSection(): string[] {
  const pages = [...new Set(statements.map(({ page }) => page))];
  const inOrder = pages.flatMap((page) => statements.filter((each) => each.page === page));
  const rows = inOrder.map(({ page, level, says, held }) => {
    const by = typeof held === 'function' ? '' : held;
    return `| ${page} | ${level} | ${says} | ${by} |`;
  });
  return [
    heading,
    '',
    `What ${pages.length} pages of the specification require or recommend of a server, ${rows.length} statements, shortened. Each is a test of`,
    `${here} with the statement as its title, which asks a running server by raw HTTP; the last column names other tests`,
    'where those hold it. Left out is what concerns clients and authorization servers alone, stdio, and what this server does not',
    'have: sampling, roots, protocol logging, lists that change while it runs, questions by URL, tasks.',
    '',
    '| page | | statement | held elsewhere by |',
    '|---|---|---|---|',
    ...rows,
    '',
  ];
}

/** @returns a page with this section in place of the one that it has, or at its end. */
export function withSection(page: string): string {
  const section = specificationSection().join('\n');
  const start = page.indexOf(heading);
  if (start < 0) return `${page.trimEnd()}\n\n${section}`;
  const end = page.indexOf('\n## ', start);
  return `${page.slice(0, start)}${section}${end < 0 ? '' : page.slice(end)}`;
}
