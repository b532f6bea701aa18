import { defineCheck, withToolList } from '../../check.ts';
import { found, skipped } from '../../model.ts';
import { surfaceChanges, surfaceOf } from '../../surface.ts';

export default defineCheck({
  code: 'SKM802',
  level: 'advice',
  side: 'code',
  holds: 'The tools are as recorded',
  title: 'The tools have changed, in a way that breaks no client',
  why: 'The file that describes them is older than the server.',
  fix: 'Delete the file and run this again: the file is then written again. Commit it with the change.',
  run: (facts) =>
    withToolList(facts, (tools, endpoint) => {
      const known = facts.surface?.tools;
      if (known === undefined) return skipped('There is nothing to compare with');
      const changes = surfaceChanges(known, surfaceOf(tools)).filter(({ breaks }) => !breaks);
      if (changes.length === 0) return found();
      return found({
        subject: { url: endpoint },
        actual: changes.map(({ what }) => what).join('; '),
        expected: `as ${facts.surface?.file} has it`,
      });
    }),
});
