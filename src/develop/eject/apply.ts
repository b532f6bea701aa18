import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { changeFiles } from '../../project/change-files.ts';
import type { EjectPlan } from './plan.ts';

/**
 * Writes the planned files. If that fails halfway, what was written is undone, so that nothing half-done is left.
 * @throws UserError that names the file that could not be written.
 */
export function writePlan(directory: string, { writes, removes }: EjectPlan): void {
  changeFiles(directory, { writes, removes }, 'eject/write');
  removeEmpty(join(directory, 'vendor'));
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty, or was never there.
  }
}
