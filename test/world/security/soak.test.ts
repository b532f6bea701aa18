import { describeSoak } from '../../security/soak-suite.ts';

describeSoak({ requests: 5000, megabytes: 5 });
