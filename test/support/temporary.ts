import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes an empty directory outside any repository. @returns its real path; the caller removes it. */
export async function makeDirectory(name = 'scalekit-mcp-test'): Promise<string> {
  return join(await realpath(await mkdtemp(join(tmpdir(), `${name}-`))));
}

/** Removes a directory that a program may just have let go of. */
export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Makes a directory for one test, which is removed after it. To be called inside the test. */
export async function temporaryDirectory(name?: string): Promise<string> {
  const directory = await makeDirectory(name);
  onTestFinished(() => removeDirectory(directory));
  return directory;
}
