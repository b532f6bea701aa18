import { hash } from 'node:crypto';
import { claudeCode } from '../project/clients/claude-code.ts';
import { cursor } from '../project/clients/cursor.ts';
import { entryName } from '../project/clients/entry-name.ts';
import { inProject } from '../project/clients/machine.ts';
import { vscode } from '../project/clients/vscode.ts';
import { serverUrls, withOfflineAccess } from '../scalekit/index.ts';
import type { Answers, File } from './answers.ts';

/** Formats a JSON file. JSON is always edited as an object, never as text. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Our packages that a project depends on. */
export const ownPackages = ['scalekit-mcp', 'scalekit-mcp-server'] as const;
export type OwnPackage = (typeof ownPackages)[number];

/** One of our packages, and its tarball, which a project contains until the package is on the registry. */
export interface Packed {
  readonly version: string;
  /** Undefined if the registry has the package. */
  readonly tarball: Uint8Array | undefined;
}

/** The versions that a project is made with. */
export interface Tooling {
  /** Our own version. */
  readonly version: string;
  readonly packages: Readonly<Record<OwnPackage, Packed>>;
}

/** @returns the path of a packed package in a project. */
export function tarballPath(name: OwnPackage, version: string): string {
  return `vendor/${name}-${version}.tgz`;
}

/** @returns what package.json says of where a package comes from. */
export function specifierOf(name: OwnPackage, { packages }: Tooling): string {
  const { version, tarball } = packages[name];
  return tarball === undefined ? `^${version}` : `file:${tarballPath(name, version)}`;
}

/** @returns the tarballs that a project contains. */
export function tarballs({ packages }: Tooling, names: readonly OwnPackage[]): readonly File[] {
  return names.flatMap((name) => {
    const { version, tarball } = packages[name];
    return tarball === undefined ? [] : [{ path: tarballPath(name, version), content: tarball }];
  });
}

interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** What an overlay adds to package.json, by member. */
export type PackageEdit = Readonly<
  Partial<
    Record<'engines' | 'scripts' | 'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
  >
>;

/** Sorts dependencies by name, as package managers do. */
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

/** Edits the template's package.json: its name, its description, the overlays' additions, and the source of our packages. */
export function packageJson(
  template: string,
  answers: Answers,
  tooling: Tooling,
  edits: readonly PackageEdit[],
): string {
  const edited = edits.reduce(applyEdit, JSON.parse(template) as PackageJson);
  const { name: _name, version, private: isPrivate, ...rest } = edited;
  return jsonText({
    name: answers.packageName,
    version,
    private: isPrivate,
    description: `${answers.name}: an MCP server protected by Scalekit`,
    ...rest,
    dependencies: {
      ...rest.dependencies,
      'scalekit-mcp-server': specifierOf('scalekit-mcp-server', tooling),
    },
    devDependencies: { ...rest.devDependencies, 'scalekit-mcp': specifierOf('scalekit-mcp', tooling) },
  });
}

/** The clients whose files a project contains: those that accept a project's file without asking whether to trust it. */
const projectClients = [claudeCode, vscode, cursor] as const;

/** The files in which MCP clients find this server, as `scalekit-mcp connect` writes them (docs/mcp.md#client-files). */
export function clientConfigurations(answers: Answers): readonly File[] {
  const { endpoint: url } = serverUrls(answers.mcpUrl);
  const name = entryName(answers.packageName);
  const server = { name, url, scopes: withOfflineAccess(answers.scopes) };
  return projectClients.flatMap(({ files }) => {
    const file = files.find(({ scope }) => scope === 'project');
    if (file === undefined) return [];
    const content = jsonText({ [file.key]: { [name]: file.entry(server, inProject) } });
    return [{ path: file.paths(inProject, '')[0], content }];
  });
}

/** Tells later versions what a project was made from: the answers that shaped its files, without secrets. */
export const manifestPath = '.scalekit-mcp.json';

/** Files without a hash: `.env` belongs to this machine, and its values are private. */
const unhashed: ReadonlySet<string> = new Set(['.env', manifestPath]);

/** @returns the SHA-256 of each file by path, which later tells what the owner has changed. */
function hashesOf(files: readonly File[]): Readonly<Record<string, string>> {
  const hashed = files.filter((file) => !unhashed.has(file.path));
  const entries = hashed.map((file) => [file.path, hash('sha256', file.content)] as const);
  return sorted(Object.fromEntries(entries));
}

/**
 * Makes `.scalekit-mcp.json`.
 * @param files all other files of the project.
 * @returns its text, without the values of a real Scalekit, which are in `.env`.
 */
export function manifest(answers: Answers, tooling: Tooling, files: readonly File[]): string {
  const { packageName, language, template, overlays, place, scalekit, ...others } = answers;
  return jsonText({
    '//': 'What create-scalekit-mcp made this project from. Keep it and .scalekit-mcp.base: `scalekit-mcp update` needs them.',
    version: tooling.version,
    language,
    template,
    answers: { ...others, ...overlays, emulator: scalekit === undefined },
    files: hashesOf(files),
  });
}
