import { describe } from 'vitest';
import { describeAttack } from '../../security/attack-suite.ts';
import { makePythonProject } from '../../security/project.ts';
import { prepareGround, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';

describe.skipIf(lacks('attacks on the servers in Python', pythonNeeds))('in Python', () => {
  for (const template of ['todo', 'blank'] as const)
    describeAttack(template, async () =>
      prepareGround(await makePythonProject(template), { env: unlimited }),
    );
});
