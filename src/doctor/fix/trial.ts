import { cp, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { diagnose } from '../diagnose.ts';
import type { Facts } from '../facts/index.ts';
import { gatherProject } from '../gather/project/project.ts';
import type { CheckResult } from '../model.ts';
import { everything } from '../selection.ts';
import { applyFixes } from './apply.ts';
import { planFixes } from './plan.ts';

/** A finding whose edits do not do what they should, and why, in words for a person. */
export interface RefusedFix {
  readonly code: string;
  readonly reason: string;
}

/** What a trial needs. */
export interface TrialOf {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly envFile?: string | undefined;
  readonly facts: Facts;
  readonly results: readonly CheckResult[];
  readonly signal: AbortSignal;
}

/** Too large to copy, and never edited: the copy gets a link. */
const linked = /^(?:node_modules|\.git|dist|build|out|venv|\.venv|env|vendor)$/;
const largest = 512 * 1024;

/** Copies what the doctor reads of a project. */
async function copyProject(directory: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'scalekit-mcp-fix-'));
  const links: string[] = [];
  const filter = async (path: string) => {
    if (relative(directory, path) === '') return true;
    const status = await stat(path).catch(() => undefined);
    if (status === undefined) return false;
    if (status.isDirectory() && linked.test(basename(path))) links.push(path);
    return status.isDirectory() ? !linked.test(basename(path)) : status.isFile() && status.size <= largest;
  };
  await cp(directory, copy, { recursive: true, dereference: false, filter });
  const isWindows = process.platform === 'win32';
  for (const path of links)
    await symlink(path, join(copy, relative(directory, path)), isWindows ? 'junction' : 'dir').catch(
      () => {},
    );
  return copy;
}

function allOf(results: readonly CheckResult[]): readonly CheckResult[] {
  return results.flatMap((result) => [result, ...(result.consequences ?? [])]);
}

function keyOf({ code, subject, actual }: CheckResult): string {
  return [code, subject?.file, subject?.variable, actual].join(' ');
}

/** Errors and warnings. A corrected value may bring new advice, which harms nobody. */
function troubles(results: readonly CheckResult[]): readonly CheckResult[] {
  return allOf(results).filter(({ state, level }) => state === 'found' && level !== 'advice');
}

/** What is wrong with the copy in its current state. */
async function examine({ facts, env, envFile }: TrialOf, copy: string): Promise<readonly CheckResult[]> {
  const project = await gatherProject(copy, env, envFile);
  return diagnose({ ...facts, project }, { selection: everything, failOn: 'error' }).results;
}

async function snapshot(copy: string, results: readonly CheckResult[]): Promise<() => Promise<void>> {
  const files = [...new Set(results.flatMap(({ edits = [] }) => edits.map(({ file }) => file)))];
  const texts = await Promise.all(files.map((file) => readFile(join(copy, file)).catch(() => undefined)));
  return async () => {
    for (const [index, file] of files.entries()) {
      const text = texts[index];
      if (text === undefined) await rm(join(copy, file), { force: true });
      else await writeFile(join(copy, file), text);
    }
  };
}

/** Makes the edits of one finding on the copy. @returns why they are not good, or undefined if they are. */
async function tryOne(
  of: TrialOf,
  copy: string,
  finding: CheckResult,
  before: readonly CheckResult[],
): Promise<string | undefined> {
  const plan = { ...planFixes([finding]), commands: [] };
  const outcomes = await applyFixes(copy, plan, of.signal);
  const failed = outcomes.find(({ error }) => error !== undefined);
  if (failed !== undefined) return `${failed.what}: ${failed.error}`;
  const after = await examine(of, copy);
  if (allOf(after).some((other) => other.state === 'found' && keyOf(other) === keyOf(finding)))
    return 'it would still be found afterwards';
  const known = new Set(troubles(before).map(keyOf));
  const fresh = troubles(after).find((other) => !known.has(keyOf(other)));
  return fresh === undefined ? undefined : `it would lead to ${fresh.code}: ${fresh.title}`;
}

/**
 * Tries the edits of each finding on a copy of the project, one after the other, and looks at the copy again. Only those
 * are good after which the finding is gone and no new one has appeared.
 * @returns the findings whose edits are good or that have commands, and those whose edits are not.
 */
export async function tryFixes(
  of: TrialOf,
): Promise<{ readonly good: readonly CheckResult[]; readonly refused: readonly RefusedFix[] }> {
  const findings = of.results.filter(({ state, edits = [] }) => state === 'found' && edits.length > 0);
  const commands = of.results.filter(
    ({ state, edits = [], commands: own = [] }) => state === 'found' && edits.length === 0 && own.length > 0,
  );
  if (findings.length === 0) return { good: commands, refused: [] };
  const copy = await copyProject(of.directory);
  try {
    const good: CheckResult[] = [];
    const refused: RefusedFix[] = [];
    let before = await examine(of, copy);
    for (const finding of findings) {
      of.signal.throwIfAborted();
      const undo = await snapshot(copy, [finding]);
      const reason = await tryOne(of, copy, finding, before);
      if (reason === undefined) {
        good.push(finding);
        before = await examine(of, copy);
      } else {
        refused.push({ code: finding.code, reason });
        await undo();
      }
    }
    return { good: [...good, ...commands], refused };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
