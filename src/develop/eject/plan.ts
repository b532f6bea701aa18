import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PackageManagerName, packageManager, packageManagerOf } from '../../project/package-manager.ts';
import { UserError } from '../../terminal/errors.ts';
import { type Rewritten, rewriteOwnerFiles } from './owner-files.ts';
import { type Protection, protectionFolder, protectionPackage, readProtection } from './protection.ts';

/** What ejecting does to a project. */
export interface EjectPlan {
  readonly version: string;
  readonly packageManager: PackageManagerName;
  /** New texts by path, in the order of the paths. */
  readonly writes: ReadonlyMap<string, string>;
  /** Paths to delete. */
  readonly removes: readonly string[];
  /** The dependencies that replace the package in package.json. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** What is left for the owner to do, as sentences. */
  readonly notes: readonly string[];
}

type Json = Record<string, unknown>;
type Versions = Readonly<Record<string, string>>;

const recordFile = '.scalekit-mcp.json';
const sha256 = (content: string | Uint8Array) => hash('sha256', content);
const jsonText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function refuse(code: string, message: string, next: string): UserError {
  return new UserError(message, { code: `eject/${code}`, next });
}

function readJson(directory: string, path: string): Json {
  try {
    return JSON.parse(readFileSync(join(directory, path), 'utf8')) as Json;
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw refuse('unreadable', `${path} ${why}. Nothing was changed.`, `mend ${path}, and run it again`);
  }
}

/** @returns package.json of a project that can be ejected. @throws UserError if there is none. */
function manifestOf(directory: string): Json & { dependencies: Versions } {
  if (!existsSync(join(directory, 'package.json')) || !existsSync(join(directory, 'tsconfig.json'))) {
    const python = ['server.py', 'pyproject.toml', 'requirements.txt'].some((name) =>
      existsSync(join(directory, name)),
    );
    throw python
      ? refuse(
          'python',
          'This is a Python project: its protection is a module of its own already.',
          'scalekit-mcp doctor',
        )
      : refuse(
          'no-project',
          `There is no TypeScript project in ${directory}.`,
          'change into the folder that create-scalekit-mcp made',
        );
  }
  const manifest = readJson(directory, 'package.json');
  const dependencies = (manifest.dependencies ?? {}) as Versions;
  if (protectionPackage in dependencies) return { ...manifest, dependencies };
  if (existsSync(join(directory, protectionFolder)))
    throw refuse(
      'done',
      `The protection is in ${protectionFolder} already, and ${protectionPackage} is no dependency any more.`,
      'scalekit-mcp doctor',
    );
  throw refuse(
    'no-dependency',
    `package.json does not depend on ${protectionPackage}: there is nothing to eject.`,
    'scalekit-mcp doctor',
  );
}

function refuseTakenFolder(directory: string): void {
  if (!existsSync(join(directory, protectionFolder))) return;
  throw refuse(
    'folder-taken',
    `${protectionFolder} is there already, and the protection would go into it. Nothing was changed.`,
    `move ${protectionFolder} away, and run it again`,
  );
}

/** The package's own dependencies replace it; what the owner already depends on stays as it is. */
function newManifest(manifest: Json & { dependencies: Versions }, protection: Protection) {
  const { [protectionPackage]: _, ...rest } = manifest.dependencies;
  const development = (manifest.devDependencies ?? {}) as Versions;
  const added = Object.fromEntries(
    Object.entries(protection.dependencies)
      .filter(([name]) => !(name in rest))
      .map(([name, version]) => [name, `^${version}`]),
  );
  const dependencies = Object.fromEntries(
    Object.entries({ ...rest, ...added }).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  // What production needs is no longer a development dependency.
  const devDependencies = Object.fromEntries(
    Object.entries(development).filter(([name]) => !(name in added) && name !== protectionPackage),
  );
  return { added, text: jsonText({ ...manifest, dependencies, devDependencies }) };
}

const tarballOf = /^scalekit-mcp-server-.*\.tgz$/;

function vendored(directory: string): { goes: readonly string[]; stays: number } {
  const folder = join(directory, 'vendor');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const goes = files.filter((name) => tarballOf.test(name));
  return { goes: goes.map((name) => `vendor/${name}`), stays: files.length - goes.length };
}

/** @returns a Dockerfile that does not copy `vendor/`. */
export function withoutVendor(dockerfile: string): string {
  return dockerfile.replace(/^COPY vendor \.\/vendor\r?\n/m, '');
}

/** `vendor/` is copied into the image as long as it contains something. */
function newDockerfile(directory: string, stays: number): string | undefined {
  const path = join(directory, 'Dockerfile');
  if (stays > 0 || !existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  const without = withoutVendor(text);
  return without === text ? undefined : without;
}

/** The record's hash of a file holds as long as the owner has not changed it. */
function newRecord(
  directory: string,
  protection: Protection,
  writes: ReadonlyMap<string, string>,
  removes: readonly string[],
): string | undefined {
  if (!existsSync(join(directory, recordFile))) return undefined;
  const record = readJson(directory, recordFile);
  const files = Object.entries((record.files ?? {}) as Versions).flatMap(([path, hash]) => {
    if (removes.includes(path)) return [];
    const text = writes.get(path);
    const isTheirs = text === undefined || sha256(readFileSync(join(directory, path))) !== hash;
    return [[path, isTheirs ? hash : sha256(text)]];
  });
  const ejected = {
    version: protection.version,
    folder: protectionFolder,
    dependencies: protection.dependencies,
  };
  return jsonText({ ...record, ejected, files: Object.fromEntries(files) });
}

/** What a generated project says about where its protection is, before and after ejecting. */
const prose: ReadonlyArray<readonly [file: string, before: RegExp, after: string]> = [
  [
    'README.md',
    /^\| `scalekit-mcp-server` \|.*$/m,
    `| \`${protectionFolder}/\` | what protects it, copied from \`${protectionPackage}\` and now yours; doctor names later security fixes |`,
  ],
  [
    'README.md',
    /^- `vendor\/` contains `scalekit-mcp-server`, which protects this server, and the development tool `scalekit-mcp`, until both are on\n {2}the registry\./m,
    '- `vendor/` contains the development tool `scalekit-mcp`, until it is on the registry.',
  ],
  [
    'AGENTS.md',
    /The protection is the package `scalekit-mcp-server`\s+\(`node_modules[^)]*\)\./,
    `The protection is in \`${protectionFolder}/\`,\ncopied from the package \`${protectionPackage}\`: leave it alone unless the task is about it.`,
  ],
];

/** @returns a generated file's text once the protection is ejected; an owner's own words stay. */
export function ejectedProse(path: string, text: string): string {
  return prose.reduce(
    (rest, [file, before, after]) => (file === path ? rest.replace(before, () => after) : rest),
    text,
  );
}

function newProse(directory: string, rewritten: readonly Rewritten[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const path of new Set(prose.map(([file]) => file))) {
    if (!existsSync(join(directory, path))) continue;
    const mended = rewritten.find((each) => each.path === path)?.text;
    const text = mended ?? readFileSync(join(directory, path), 'utf8');
    const changed = ejectedProse(path, text);
    if (changed !== text) texts.set(path, changed);
  }
  return texts;
}

/**
 * Plans how the protection's source becomes the project's own. Reads the project; changes and runs nothing.
 * @throws UserError if that is not possible, or the project has changed in a way that is not understood.
 */
export function planEject(directory: string): EjectPlan {
  const manifest = manifestOf(directory);
  refuseTakenFolder(directory);
  const protection = readProtection(directory);
  const rewritten = rewriteOwnerFiles(directory, protection.exports);
  const uses = [...new Set(rewritten.flatMap((each) => each.uses))];
  if (uses.length === 0)
    throw refuse(
      'unused',
      `Nothing in this project imports ${protectionPackage}. Nothing was changed.`,
      'scalekit-mcp doctor',
    );
  const { added, text } = newManifest(manifest, protection);
  const { goes, stays } = vendored(directory);
  const writes = new Map<string, string>([
    ...protection.sources(uses),
    ...rewritten.map((each) => [each.path, each.text] as const),
    ...newProse(directory, rewritten),
    ['package.json', text],
  ]);
  const dockerfile = newDockerfile(directory, stays);
  if (dockerfile !== undefined) writes.set('Dockerfile', dockerfile);
  const record = newRecord(directory, protection, writes, goes);
  if (record !== undefined) writes.set(recordFile, record);
  const manager = packageManagerOf(directory) ?? 'npm';
  return {
    version: protection.version,
    packageManager: manager,
    writes: new Map([...writes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    removes: goes,
    dependencies: added,
    notes: [
      `Fixes of ${protectionPackage} after ${protection.version} do not reach ${protectionFolder}: \`${packageManager(manager).run('doctor')}\` says when one is a fix of security.`,
    ],
  };
}
