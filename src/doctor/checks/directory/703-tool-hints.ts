import { defineCheck, withToolList } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

const hints = ['readOnlyHint', 'destructiveHint', 'openWorldHint'] as const;

/** OpenAI, "App submission guidelines": all three hints; Anthropic: readOnlyHint or destructiveHint on every tool. */
export default defineCheck({
  code: 'SKM703',
  level: 'error',
  side: 'code',
  holds: 'Every tool has the hints that the directory asks for',
  title: 'A tool lacks a hint that the directory asks for',
  why: 'Hints (annotations) tell clients whether a tool only reads, destroys something, or reaches out into the world. Missing ones are the most common reason for a refusal.',
  fix: 'Set readOnlyHint, destructiveHint and openWorldHint on every tool, false ones too.',
  run: (facts) =>
    withToolList(facts, (tools, endpoint) => {
      if (facts.directory === undefined) return skipped('No directory was asked about (--directory)');
      const isOpenAi = facts.directory.name === 'openai';
      const lacking = tools.flatMap((tool) => {
        const missing = hints.filter((hint) => tool[hint] === undefined);
        const isEnough = isOpenAi
          ? missing.length === 0
          : missing.length < 3 && (tool.readOnlyHint !== undefined || tool.destructiveHint !== undefined);
        return isEnough ? [] : [`${tool.name}: ${missing.join(', ')}`];
      });
      if (lacking.length === 0) return passed(`${tools.length} tools`);
      return found({
        subject: { url: endpoint },
        actual: lacking.join('; '),
        expected: isOpenAi ? hints.join(', ') : 'readOnlyHint or destructiveHint',
      });
    }),
});
