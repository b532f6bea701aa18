import { type Check, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

const howTo: Readonly<Record<string, string>> = {
  fastmcp: 'from dotenv import load_dotenv; load_dotenv() before ScalekitProvider(…)',
  python: 'from dotenv import load_dotenv; load_dotenv() before the first os.getenv(…)',
  node: 'process.loadEnvFile() before the first process.env, or node --env-file=.env',
};

/** Facts: Scalekit, documented failure 3. FastMCP reads only its own FASTMCP_ variables from `.env`. */
export const envLoaded: Check = {
  code: 'SKM113',
  run: (facts) =>
    withProject(facts, ({ kind, envFiles, variableReads, envLoads }) => {
      const [read] = variableReads.filter(({ text }) => !text.startsWith('FASTMCP_'));
      if (howTo[kind] === undefined) return skipped(`A ${kind} project loads .env by itself`);
      if (envFiles.length === 0 || read === undefined)
        return skipped('Its source reads none of the variables');
      if (envLoads.length > 0) return passed(`${envLoads[0]?.file} loads it`);
      return found({
        subject: { file: read.file, line: read.line, variable: read.text },
        actual: `${read.file} reads ${read.text}, and nothing loads .env`,
        expected: howTo[kind],
      });
    }),
};
