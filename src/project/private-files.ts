import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// Several programs of one person share a folder, so every write is atomic, and what is written is private (0600 in 0700).

/** @returns what a JSON file holds, null if it is not JSON, undefined if there is no file. */
export async function readJsonFile(directory: string, name: string): Promise<unknown> {
  const text = await readFile(join(directory, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function writeBeside(directory: string, name: string, value: unknown): Promise<string> {
  const target = join(directory, name);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const temporary = `${target}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return temporary;
}

/** Writes a file that is not there yet. @returns false if another process was quicker; its file stays. */
export async function createPrivateFile(directory: string, name: string, value: unknown): Promise<boolean> {
  const temporary = await writeBeside(directory, name, value);
  try {
    await link(temporary, join(directory, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes a file instead of whatever is there. */
export async function replacePrivateFile(directory: string, name: string, value: unknown): Promise<void> {
  await rename(await writeBeside(directory, name, value), join(directory, name));
}
