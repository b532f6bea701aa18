import { defineCheck, withToolList } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { surfaceChanges, surfaceOf } from '../../surface.ts';

export default defineCheck({
  code: 'SKM801',
  level: 'error',
  side: 'code',
  holds: 'No change of the tools breaks clients',
  title: 'A change of the tools breaks clients that know them',
  why: 'Clients and models remember a tool. A tool or an argument that is gone, a new required argument, or a new scope makes their next call fail.',
  fix: 'Keep the old tool or argument beside the new one, and give new arguments a default. If the change is intended, delete the file and run this again: the file is then written again.',
  run: (facts) =>
    withToolList(facts, (tools, endpoint) => {
      const { surface } = facts;
      if (surface === undefined) return skipped('No file was named (--surface)');
      if (surface.problem !== undefined)
        return found({
          subject: { file: surface.file },
          title: 'The file of known tools cannot be read',
          actual: surface.problem,
          expected: 'what --surface has written',
          why: 'Without it nothing can be compared.',
          fix: `Delete ${surface.file}, or restore it from git, and run this again.`,
        });
      if (surface.tools === undefined) return passed(`${tools.length} tools were written to ${surface.file}`);
      const breaking = surfaceChanges(surface.tools, surfaceOf(tools)).filter(({ breaks }) => breaks);
      return found(
        ...breaking.map(({ what }) => ({
          subject: { url: endpoint },
          actual: what,
          expected: `as ${surface.file} has it`,
        })),
      );
    }),
});
