import { createHash } from 'node:crypto';
import { claudeCode } from '../project/clients/claude-code.ts';
import { cursor } from '../project/clients/cursor.ts';
import { entryName } from '../project/clients/entry-name.ts';
import { vscode } from '../project/clients/vscode.ts';
import { serverUrls } from '../scalekit/index.ts';
import type { Answers, File } from './answers.ts';

/** JSON files are objects: read, changed, written, never text with holes in it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Our packages that a project depends on. */
export const ownPackages = ['scalekit-mcp', 'scalekit-mcp-server'] as const;
export type OwnPackage = (typeof ownPackages)[number];

/** One of our packages, and the tarball of it that a project carries until it is on the registry. */
export interface Packed {
  readonly version: string;
  /** Undefined where the registry has it. */
  readonly tarball: Uint8Array | undefined;
}

/** What a project is made with. */
export interface Tooling {
  /** Ours. */
  readonly version: string;
  readonly packages: Readonly<Record<OwnPackage, Packed>>;
}

/** @returns where a project keeps a packed package, as a path in the project. */
export function tarballPath(name: OwnPackage, version: string): string {
  return `vendor/${name}-${version}.tgz`;
}

/** @returns the tarballs that a project carries. */
export function tarballs({ packages }: Tooling): readonly File[] {
  return ownPackages.flatMap((name) => {
    const { version, tarball } = packages[name];
    return tarball === undefined ? [] : [{ path: tarballPath(name, version), content: tarball }];
  });
}

interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** What an overlay adds to package.json, by the names of its parts. */
export type PackageEdit = Readonly<
  Partial<
    Record<'engines' | 'scripts' | 'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
  >
>;

/** Lists of dependencies are kept in the order of their names, as package managers do. */
function sorted(entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function applyEdit(manifest: PackageJson, edit: PackageEdit): PackageJson {
  const parts = Object.entries(edit).map(([part, entries]) => {
    const merged = { ...(manifest[part] as object), ...entries };
    return [part, /dependencies/i.test(part) ? sorted(merged) : merged];
  });
  return { ...manifest, ...Object.fromEntries(parts) };
}

/** Edits the template's package.json: its name, its description, what overlays add, where our packages come from. */
export function packageJson(
  template: string,
  answers: Answers,
  tooling: Tooling,
  edits: readonly PackageEdit[],
): string {
  const edited = edits.reduce(applyEdit, JSON.parse(template) as PackageJson);
  const { name: _name, version, private: isPrivate, ...rest } = edited;
  const specifier = (name: OwnPackage) => {
    const { version: own, tarball } = tooling.packages[name];
    return tarball === undefined ? `^${own}` : `file:${tarballPath(name, own)}`;
  };
  return jsonText({
    name: answers.packageName,
    version,
    private: isPrivate,
    description: `${answers.name}: an MCP server protected by Scalekit`,
    ...rest,
    dependencies: { ...rest.dependencies, 'scalekit-mcp-server': specifier('scalekit-mcp-server') },
    devDependencies: { ...rest.devDependencies, 'scalekit-mcp': specifier('scalekit-mcp') },
  });
}

/** The clients whose files a project brings along: those that take a project's file without a question of trust. */
const projectClients = [claudeCode, vscode, cursor] as const;

/** What MCP clients read to find this server, as `scalekit-mcp connect` writes it (docs/mcp.md#client-files). */
export function clientConfigurations(answers: Answers): readonly File[] {
  const { endpoint: url } = serverUrls(answers.mcpUrl);
  const name = entryName(answers.packageName);
  const server = { name, url, scopes: [...answers.scopes, 'offline_access'] };
  // Paths in a project have slashes on every system.
  const machine = { platform: 'linux', env: {}, home: '' } as const;
  return projectClients.flatMap(({ files }) => {
    const file = files.find(({ scope }) => scope === 'project');
    if (file === undefined) return [];
    const content = jsonText({ [file.key]: { [name]: file.entry(server, machine) } });
    return [{ path: file.paths(machine, '')[0], content }];
  });
}

/** The file by which later versions know what this project was made from. It holds what shaped the files, and no secret. */
export const manifestPath = '.scalekit-mcp.json';

/** Not among the hashes: `.env` is this machine's, and holds what is nobody else's. */
const unhashed: ReadonlySet<string> = new Set(['.env', manifestPath]);

/** @returns the SHA-256 of each file, by its path: what its owner has changed since can be told by it. */
function hashesOf(files: readonly File[]): Readonly<Record<string, string>> {
  const hashed = files.filter((file) => !unhashed.has(file.path));
  const entries = hashed.map(
    (file) => [file.path, createHash('sha256').update(file.content).digest('hex')] as const,
  );
  return sorted(Object.fromEntries(entries));
}

/**
 * @param files all others of the project.
 * @returns the text of that file. The values of a real Scalekit are not in it: they are in `.env`.
 */
export function manifest(answers: Answers, tooling: Tooling, files: readonly File[]): string {
  const { packageName, language, template, overlays, place, scalekit, ...others } = answers;
  return jsonText({
    '//': 'What create-scalekit-mcp made this project from. Leave it here: updates need it.',
    version: tooling.version,
    language,
    template,
    answers: { ...others, ...overlays, emulator: scalekit === undefined },
    files: hashesOf(files),
  });
}
