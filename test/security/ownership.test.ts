import { describeOwnership } from './ownership.ts';
import { makeProject } from './project.ts';
import { prepareGround, unlimited } from './server.ts';

describeOwnership('todos', async () => prepareGround(await makeProject('todo'), { env: unlimited }));
