import { readFile, writeFile } from 'node:fs/promises';
import { maskSecrets } from '../scalekit/index.ts';
import type { Facts } from './facts/index.ts';

/** Why a file of facts cannot be used, in words for a person. */
export class UnusableFacts extends Error {}

const parts = ['project', 'scalekit', 'server', 'registrations', 'token', 'tools', 'start'] as const;

function isFact(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'known' in value && typeof value.known === 'boolean';
}

function isFacts(value: unknown): value is Facts {
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== 1) return false;
  const record: Readonly<Record<string, unknown>> = { ...value };
  return parts.every((part) => isFact(record[part]));
}

/** Writes the facts for somebody else to look at. They contain no secrets; what looks like one is masked once more. */
export async function saveFacts(file: string, facts: Facts): Promise<void> {
  await writeFile(file, `${maskSecrets(JSON.stringify(facts, null, 2))}\n`, { mode: 0o600 });
}

/**
 * Reads what `saveFacts` has written, here or elsewhere.
 * @throws UnusableFacts saying why.
 */
export async function loadFacts(file: string): Promise<Facts> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UnusableFacts(`${file} cannot be read: ${error.code ?? error.message}`);
  });
  try {
    const value: unknown = JSON.parse(text);
    if (isFacts(value)) return value;
  } catch {
    throw new UnusableFacts(`${file} is not JSON`);
  }
  throw new UnusableFacts(`${file} holds no facts of this doctor's (scalekit-mcp doctor --save writes them)`);
}
