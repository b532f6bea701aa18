import type { Check } from '../check.ts';
import { configurationChecks } from './configuration/index.ts';
import { scalekitChecks } from './scalekit/index.ts';
import { serverChecks } from './server/index.ts';
import { tokenChecks } from './token/index.ts';
import { toolsChecks } from './tools/index.ts';

/** Every check, in the order of the journey. */
export const allChecks: readonly Check[] = [
  ...configurationChecks,
  ...scalekitChecks,
  ...serverChecks,
  ...tokenChecks,
  ...toolsChecks,
];
