import type { Emulator } from '../../../src/emulator/index.ts';
import type { LiveCase } from './cases.ts';
import { startSmallServer } from './small-server.ts';

/** What the doctor said in its JSON. */
export interface Said {
  readonly exitCode: number | null;
  readonly found: readonly string[];
  readonly results: readonly { readonly code: string; readonly state: string; readonly level?: string }[];
  /** Everything that it wrote. */
  readonly output: string;
}

export type RunDoctor = (args: readonly string[]) => Promise<{ exitCode: number | null; output: string }>;

export function readReport(exitCode: number | null, output: string): Said {
  const { results }: Pick<Said, 'results'> = JSON.parse(output);
  const found = results.filter(({ state }) => state === 'found').map(({ code }) => code);
  return { exitCode, output, results, found: [...new Set(found)].sort() };
}

/** Starts what the case needs, and lets the doctor look at it. */
export async function examine(each: LiveCase, emulator: Emulator, doctor: RunDoctor): Promise<Said> {
  const server = await startSmallServer(emulator, each.server ?? {});
  try {
    const minted = each.token === undefined ? undefined : await emulator.mint(each.token);
    const token = minted === undefined ? undefined : (each.tamper?.(minted) ?? minted);
    emulator.fault(each.scalekit ?? {});
    const url = each.url?.(server.endpoint) ?? server.endpoint;
    const args = [url, '--json', ...(token === undefined ? [] : ['--token', token])];
    const { exitCode, output } = await doctor(args);
    if (token !== undefined && output.includes(token)) throw new Error('The token was printed');
    return readReport(exitCode, output);
  } finally {
    emulator.fault({});
    await server.close();
  }
}

/** @returns the exit code that findings of these levels ask for. */
export function exitCodeFor({ results }: Said): number {
  return results.some(({ state, level }) => state === 'found' && level === 'error') ? 1 : 0;
}
