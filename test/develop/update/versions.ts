import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { File } from '../../../src/create/answers.ts';
import { baseTexts, baseTextsPath } from '../../../src/create/base-texts.ts';
import { jsonText, manifestPath } from '../../../src/create/json.ts';
import { planUpdate, type UpdatePlan } from '../../../src/develop/update/plan.ts';
import { readProjectRecord } from '../../../src/develop/update/record.ts';

/** A version of a template: what it makes of a project's answers, by path. */
export type Version = Readonly<Record<string, string>>;

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

export function filesOf(version: string, texts: Version, more: object = {}): readonly File[] {
  const files = Object.entries(texts).map(([path, content]) => ({ path, content }));
  const record = {
    '//': 'Keep it.',
    version,
    language: 'typescript',
    template: 'blank',
    answers: {
      name: 'X',
      port: 3002,
      mcpUrl: 'http://localhost:3002/',
      scopes: ['a:read'],
      packageManager: 'npm',
    },
    files: Object.fromEntries(files.map(({ path, content }) => [path, sha256(content)])),
    ...more,
  };
  return [...files, { path: manifestPath, content: jsonText(record) }];
}

/**
 * Makes a project of a version, as create writes it.
 * @param more members of its record.
 * @param asOwned what `eject` made of the texts, which it records by their hashes and not in the base.
 */
export async function makeProject(
  directory: string,
  version: string,
  texts: Version,
  more: object = {},
  asOwned = (text: string) => text,
): Promise<void> {
  const owned = Object.entries(texts).map(([path, text]) => [path, asOwned(text)] as const);
  const files = filesOf(version, Object.fromEntries(owned), more);
  for (const { path, content } of [...files, baseTexts(filesOf(version, texts))]) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

/** Plans the update of a project to another version. */
export async function planTo(
  directory: string,
  version: string,
  texts: Version,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<UpdatePlan> {
  const record = await readProjectRecord(directory, {});
  return planUpdate(directory, record, filesOf(version, texts), { to: version, env });
}

/** Makes a project look as if an older version of the templates had made it: the given files had another text, or none. */
export async function makeOlder(
  directory: string,
  older: Readonly<Record<string, ((text: string) => string) | undefined>>,
): Promise<void> {
  const { gunzipSync } = await import('node:zlib');
  const texts = JSON.parse(gunzipSync(await readFile(join(directory, baseTextsPath))).toString()) as Record<
    string,
    string
  >;
  const record = JSON.parse(await readFile(join(directory, manifestPath), 'utf8'));
  for (const [path, change] of Object.entries(older)) {
    const before = texts[path];
    if (before === undefined) throw new Error(`${path} is no generated text`);
    if (change === undefined) {
      delete texts[path];
      delete record.files[path];
      continue;
    }
    const text = change(before);
    if (text === before) throw new Error(`${path} did not change`);
    texts[path] = text;
    record.files[path] = sha256(text);
    await writeFile(join(directory, path), text);
  }
  const files = Object.entries(texts).map(([path, content]) => ({ path, content }));
  await writeFile(join(directory, baseTextsPath), baseTexts(files).content);
  await writeFile(join(directory, manifestPath), jsonText(record));
}
