import { defineCheck, withToolList } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** MCP 2025-11-25, tools, "Tool names"; Anthropic: at most 64 characters. */
const toolName = /^[A-Za-z0-9_-]{1,64}$/;

export default defineCheck({
  code: 'SKM704',
  level: 'error',
  side: 'code',
  holds: 'Every tool has a name that the directory takes',
  title: 'A tool has a name that the directory does not take',
  why: 'Names become names of functions for the model: letters, digits, _ and -, 64 characters at most, each only once.',
  fix: 'Rename the tool. Clients that know the old name lose it, so do it before the first release.',
  run: (facts) =>
    withToolList(facts, (tools, endpoint) => {
      if (facts.directory === undefined) return skipped('No directory was asked about (--directory)');
      const names = tools.map(({ name }) => name);
      const wrong = names.filter((name, index) => !toolName.test(name) || names.indexOf(name) !== index);
      if (wrong.length === 0) return passed(`${names.length} names`);
      return found({
        subject: { url: endpoint },
        actual: wrong.join(', '),
        expected: 'letters, digits, _ and -, at most 64, each once',
      });
    }),
});
