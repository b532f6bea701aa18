import { type Check, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { usesScalekit } from '../../settings.ts';

/** Facts: Scalekit, documented failure 3. */
export const envFile: Check = {
  code: 'SKM101',
  run: (facts) =>
    withProject(facts, (project) => {
      const { settings, envFiles } = project;
      if (settings.some(({ variable }) => variable.startsWith('SCALEKIT_'))) return passed();
      if (!usesScalekit(project)) return skipped('Nothing in this project speaks of Scalekit');
      const seen = envFiles.map(({ file }) => file).join(' and ');
      return found({
        subject: { file: '.env' },
        actual: seen === '' ? 'no .env file' : `${seen} without a SCALEKIT_… variable`,
        expected: 'SCALEKIT_ENVIRONMENT_URL, SCALEKIT_RESOURCE_ID and MCP_URL',
      });
    }),
};
