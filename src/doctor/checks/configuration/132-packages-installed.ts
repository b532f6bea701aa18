import { defineCheck, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

const installedByNpm: ReadonlySet<string> = new Set(['generated', 'mcp-use', 'xmcp', 'node']);

export default defineCheck({
  code: 'SKM132',
  level: 'error',
  side: 'machine',
  holds: 'The project’s packages are installed',
  title: 'The project’s packages are not installed',
  why: 'The server cannot start without them.',
  fix: 'Install them with your package manager.',
  run: (facts) =>
    withProject(facts, ({ kind, installed, packages }) => {
      // A Python project may use packages that are installed for the whole machine.
      if (!installedByNpm.has(kind) || packages.length === 0)
        return skipped('It does not say where its packages are');
      if (installed) return passed();
      return found({
        subject: { file: 'package.json' },
        actual: 'no node_modules folder',
        commands: [['npm', 'install']],
      });
    }),
});
