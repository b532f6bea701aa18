import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { File } from '../../create/answers.ts';
import { baseTexts, baseTextsPath } from '../../create/base-texts.ts';
import { jsonText, manifestPath } from '../../create/json.ts';
import { refuseLinks } from '../../create/target.ts';
import type { RunOptions } from '../../project/programs.ts';
import { UserError } from '../../terminal/errors.ts';
import { asEjected } from './ejected.ts';
import { mergeJsonTexts } from './merge-json.ts';
import { mergeTexts } from './merge-text.ts';
import type { ProjectRecord } from './record.ts';

/**
 * What happens to a file.
 * - `added`, `removed`: by the newer template; the owner has not touched it.
 * - `replaced`: the owner has not touched it. `merged`: both have changed it, in different places.
 * - `conflict`: both have changed the same place. It is marked in the file; in JSON the owner's value is kept.
 * - `deleted`: by the owner; it stays deleted. `kept`: the newer template no longer has it; it is the owner's now.
 * - `left`: it is a link or a folder, and not touched.
 */
export type Fate = 'added' | 'replaced' | 'merged' | 'conflict' | 'removed' | 'deleted' | 'kept' | 'left';

export interface FileUpdate {
  readonly path: string;
  readonly fate: Fate;
  /** What an owner should know about it. */
  readonly detail?: string;
}

export interface UpdatePlan {
  readonly from: string;
  readonly to: string;
  readonly files: readonly FileUpdate[];
  readonly writes: ReadonlyMap<string, string | Uint8Array>;
  readonly removes: readonly string[];
  /** Whether the project's dependencies change, so that they have to be installed again. */
  readonly installs: boolean;
}

/** What is known about one path. */
interface Sides {
  readonly path: string;
  /** On disk; undefined if there is no file. */
  readonly mine: Buffer | undefined;
  /** As generated, by hash and by text. */
  readonly hash: string | undefined;
  readonly base: string | undefined;
  /** In the newer template. */
  readonly theirs: string | Uint8Array | undefined;
  /** Whether one of our commands may have changed the file, so that its hash proves nothing. */
  readonly mixed: boolean;
}

interface Outcome extends Omit<FileUpdate, 'path'> {
  readonly write?: string | Uint8Array;
}

const sha256 = (content: string | Uint8Array) => hash('sha256', content);

/** On some machines git checks files out with CRLF, which is not a change by the owner. */
const withLf = (text: string) => text.replaceAll('\r\n', '\n');
const hasCrlf = (text: string) => text.includes('\r\n') && !/(?<!\r)\n/.test(text);

function isUntouched({ mine, hash, mixed }: Sides): boolean {
  if (mine === undefined || hash === undefined || mixed) return false;
  return sha256(mine) === hash || sha256(withLf(mine.toString('utf8'))) === hash;
}

/** Whether the newer template has nothing new for a file. */
function isUnchanged({ hash, base, theirs }: Sides): boolean {
  if (theirs === undefined) return false;
  return base !== undefined && typeof theirs === 'string' ? base === theirs : hash === sha256(theirs);
}

async function merged(
  { path, base = '', mine = Buffer.of() }: Sides,
  theirs: string,
  { from, to, ...options }: MergeOptions,
): Promise<Outcome | undefined> {
  const own = mine.toString('utf8');
  const text = withLf(own);
  const asOwn = (result: string) => (hasCrlf(own) ? result.replaceAll('\n', '\r\n') : result);
  const json = path.endsWith('.json') ? mergeJsonTexts(text, base, theirs) : undefined;
  if (json !== undefined) {
    const clash = json.conflicts.length > 0;
    if (json.text === text && !clash) return undefined;
    const detail = `yours is kept, compare it with the newer one: ${json.conflicts.join(', ')}`;
    return { fate: clash ? 'conflict' : 'merged', write: asOwn(json.text), ...(clash && { detail }) };
  }
  const labels = { base: `scalekit-mcp ${from}`, theirs: `scalekit-mcp ${to}` };
  const { text: result, conflicts } = await mergeTexts({ mine: text, base, theirs }, labels, options);
  if (result === text) return undefined;
  if (conflicts === 0) return { fate: 'merged', write: asOwn(result) };
  return {
    fate: 'conflict',
    write: asOwn(result),
    detail: `${conflicts} ${conflicts === 1 ? 'place is' : 'places are'} marked with <<<<<<<`,
  };
}

interface MergeOptions extends Omit<RunOptions, 'cwd'> {
  readonly from: string;
  readonly to: string;
}

/** The plan for a file that does not exist. */
function outcomeOfAbsent(sides: Sides): Outcome | undefined {
  const { hash, theirs } = sides;
  if (theirs === undefined || (hash !== undefined && isUnchanged(sides))) return undefined;
  return hash === undefined ? { fate: 'added', write: theirs } : { fate: 'deleted' };
}

/** @returns undefined if nothing happens to the file and there is nothing to say. */
async function outcomeOf(sides: Sides, options: MergeOptions): Promise<Outcome | undefined> {
  const { mine, theirs } = sides;
  if (mine === undefined) return outcomeOfAbsent(sides);
  const own = mine.toString('utf8');
  const untouched = isUntouched(sides);
  if (theirs === undefined)
    return untouched ? { fate: 'removed' } : { fate: 'kept', detail: 'the newer template has no such file' };
  const same = mine.equals(Buffer.from(theirs)) || withLf(own) === theirs;
  if (same || isUnchanged(sides)) return undefined;
  if (typeof theirs !== 'string') return { fate: 'replaced', write: theirs };
  if (!untouched) return merged(sides, theirs, options);
  return { fate: 'replaced', write: hasCrlf(own) ? theirs.replaceAll('\n', '\r\n') : theirs };
}

async function isLeft(directory: string, path: string): Promise<string | undefined> {
  try {
    await refuseLinks(directory, path);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.code === 'write/link' ? 'a symbolic link leads there' : 'there is a folder in its place';
  }
}

/** Reads a file of the project, if there is one, and decides what happens to it. */
async function look(
  directory: string,
  sides: Sides,
  options: MergeOptions,
): Promise<{ readonly mine?: Buffer | undefined; readonly outcome: Outcome | undefined }> {
  const left = await isLeft(directory, sides.path);
  if (left !== undefined) return { outcome: isUnchanged(sides) ? undefined : { fate: 'left', detail: left } };
  const mine = await readFile(join(directory, sides.path)).catch(() => undefined);
  return { mine, outcome: await outcomeOf({ ...sides, mine }, options) };
}

/** The files of both releases, without the names that only this project has. */
function sidesOf(record: ProjectRecord, rendered: readonly File[]) {
  const newer = rendered.filter(({ path }) => path !== '.env' && path !== manifestPath);
  const old = [...(record.base ?? [])].map(([path, content]) => ({ path, content }));
  if (!record.ejected) return { newer, base: record.base };
  const base = new Map(asEjected(old).map(({ path, content }) => [path, content as string]));
  return { newer: asEjected(newer), base };
}

/** Files that only record how the project was made: written with everything else, but not worth a line. */
function recordsOf(record: ProjectRecord, rendered: readonly File[], newer: readonly File[]) {
  const made = rendered.find(({ path }) => path === manifestPath);
  const fresh = JSON.parse(String(made?.content ?? '{}')) as Record<string, unknown>;
  const files = Object.fromEntries(newer.map(({ path, content }) => [path, sha256(content)]));
  return new Map<string, string | Uint8Array>([
    [manifestPath, jsonText({ ...record.json, '//': fresh['//'], version: fresh.version, files })],
    [baseTextsPath, baseTexts(newer).content],
  ]);
}

const dependencyFields = ['dependencies', 'devDependencies', 'engines', 'overrides'] as const;

function dependsOn(text: string): string {
  const manifest = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(dependencyFields.map((field) => manifest[field]));
}

function installsAgain(before: Buffer | undefined, after: string | Uint8Array | undefined): boolean {
  if (before === undefined || typeof after !== 'string') return false;
  return dependsOn(before.toString('utf8')) !== dependsOn(after);
}

/**
 * Plans how to update a project to a newer template. Reads the project; changes and installs nothing.
 * @param rendered all files as the newer template makes them from the project's answers.
 * @param to the version of the newer template.
 */
export async function planUpdate(
  directory: string,
  record: ProjectRecord,
  rendered: readonly File[],
  { to, ...options }: Omit<RunOptions, 'cwd'> & { readonly to: string },
): Promise<UpdatePlan> {
  const { newer, base } = sidesOf(record, rendered);
  const theirs = new Map(newer.map(({ path, content }) => [path, content]));
  const files: FileUpdate[] = [];
  const writes = new Map<string, string | Uint8Array>();
  let installs = false;
  for (const path of [...new Set([...record.hashes.keys(), ...theirs.keys()])].sort()) {
    const sides: Sides = {
      path,
      mine: undefined,
      hash: record.hashes.get(path),
      base: base?.get(path),
      theirs: theirs.get(path),
      mixed: record.ejected && path === 'package.json',
    };
    const { mine, outcome } = await look(directory, sides, { ...options, from: record.version, to });
    if (outcome === undefined) continue;
    const { write, ...said } = outcome;
    files.push({ path, ...said });
    if (write !== undefined) writes.set(path, write);
    if (path === 'package.json') installs = installsAgain(mine, write);
  }
  const removes = files.filter(({ fate }) => fate === 'removed').map(({ path }) => path);
  for (const [path, content] of recordsOf(record, rendered, newer)) writes.set(path, content);
  return { from: record.version, to, files, writes, removes, installs };
}

/** @returns the files that change or need a look; a deleted or kept file is neither. */
export function pending({ files }: UpdatePlan): readonly FileUpdate[] {
  return files.filter(({ fate }) => !['deleted', 'kept', 'left'].includes(fate));
}
