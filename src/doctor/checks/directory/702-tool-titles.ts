import { defineCheck, withToolList } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** Anthropic, "Remote MCP server submission": a title on every tool; OpenAI, "App submission guidelines". */
export default defineCheck({
  code: 'SKM702',
  level: 'error',
  side: 'code',
  holds: 'Every tool has a title and a description',
  title: 'A tool has no title, or no description',
  why: 'People choose and approve tools by them. Both directories refuse a server whose tools have none.',
  fix: 'Give each tool a title in words ("List todos") and a description of what it does.',
  run: (facts) =>
    withToolList(facts, (tools, endpoint) => {
      if (facts.directory === undefined) return skipped('No directory was asked about (--directory)');
      const bare = tools.filter(({ title, description }) => title === undefined || description === undefined);
      if (bare.length === 0) return passed(`${tools.length} tools`);
      return found({
        subject: { url: endpoint },
        actual: bare
          .map(({ name, title }) => `${name}: no ${title === undefined ? 'title' : 'description'}`)
          .join('; '),
        expected: 'a title and a description on each',
      });
    }),
});
