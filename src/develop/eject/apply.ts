import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { changeFiles } from '../../project/change-files.ts';
import type { EjectPlan } from './plan.ts';

/**
 * Writes the planned files. A failure in the middle takes back what was written, so that nothing half-done is left.
 * @throws UserError naming the file that could not be written.
 */
export function writePlan(directory: string, { writes, removes }: EjectPlan): void {
  changeFiles(directory, { writes, removes }, 'eject/write');
  removeEmpty(join(directory, 'vendor'));
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds something, or was never there.
  }
}
