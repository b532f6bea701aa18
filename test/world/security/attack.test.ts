import { describeAttackOnNode } from '../../security/attack-suite.ts';

// test/security/attack.test.ts has each template on the other version of Node.js.
describeAttackOnNode('todo', 24);
describeAttackOnNode('blank', 20);
