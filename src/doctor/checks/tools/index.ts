import type { Check } from '../../check.ts';
import { badTokenRefused } from './bad-token-refused.ts';
import { goodTokenAccepted } from './good-token-accepted.ts';
import { listed } from './listed.ts';
import { some } from './some.ts';

export const toolsChecks: readonly Check[] = [goodTokenAccepted, listed, some, badTokenRefused];
