import { defineCheck, withProject } from '../../check.ts';
import { found } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 23. */
export default defineCheck({
  code: 'SKM155',
  level: 'error',
  side: 'code',
  holds: 'The program loads .env before it needs it',
  title: 'The program loads .env too late',
  why: 'The provider is made, or a variable read, before load_dotenv() has run, so it sees nothing of the file and the server dies or trusts nobody.',
  fix: 'Call load_dotenv() directly after the imports, before anything reads a variable.',
  explains: ['SKM301', 'SKM302', 'SKM113'],
  run: (facts) =>
    withProject(facts, ({ lateLoads }) =>
      found(
        ...lateLoads.slice(0, 1).map(({ file, line, text }) => ({
          subject: { file, line },
          actual: `${text} on line ${line}, after the variables were read`,
          expected: `${text} before ScalekitProvider(…) and the first os.getenv(…)`,
        })),
      ),
    ),
});
