import { describe } from 'vitest';
import { describeAttack } from '../../security/attack-suite.ts';
import { makePythonProject } from '../../security/project.ts';
import { prepareGround, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';

/** What uvicorn's HTTP parser (h11) decides before the server is asked: the README.md of a Python project lists these cases. */
const decidedByTheParser = ['header/folded-onto-a-second-line'];

describe.skipIf(lacks('attacks on the servers in Python', pythonNeeds))('in Python', () => {
  for (const template of ['todo', 'blank'] as const)
    describeAttack(
      template,
      async () => prepareGround(await makePythonProject(template), { env: unlimited }),
      decidedByTheParser,
    );
});
