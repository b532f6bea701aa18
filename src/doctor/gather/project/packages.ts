import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PackageFact } from '../../facts/index.ts';
import { objectIn, parseObject } from '../../reading.ts';
import { exists, lineAt, readText, readTexts, type TextFile } from './files.ts';

/** The packages that some check asks about. */
const npmNames = [
  '@modelcontextprotocol/sdk',
  '@modelcontextprotocol/server',
  '@modelcontextprotocol/inspector',
  '@scalekit-sdk/node',
  '@xmcp-dev/scalekit',
  '@modelcontextprotocol/express',
  '@modelcontextprotocol/hono',
  'dotenv',
  'express',
  'fastmcp',
  'hono',
  'mcp-framework',
  'skybridge',
  'mcp-remote',
  'mcp-use',
  'next',
  'scalekit-mcp',
  'scalekit-mcp-server',
  'xmcp',
] as const;
const pypiNames = ['fastapi-mcp', 'fastmcp', 'mcp', 'python-dotenv', 'scalekit-sdk-python'] as const;

/** @returns whether some check asks about a package. */
export function isReadPackage({ ecosystem, name }: PackageFact): boolean {
  const names: readonly string[] = ecosystem === 'npm' ? npmNames : pypiNames;
  return names.includes(name);
}

function rangesOf(manifest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    ...objectIn(manifest.optionalDependencies),
    ...objectIn(manifest.devDependencies),
    ...objectIn(manifest.dependencies),
  };
}

/** @returns a folder and all those above it, nearest first: where Node looks for packages, and workspaces keep them. */
function andAbove(directory: string): readonly string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...andAbove(parent)];
}

async function installedVersion(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const manifest = parseObject((await readText(folder, `node_modules/${name}/package.json`))?.text);
    if (typeof manifest?.version === 'string') return manifest.version;
  }
  return undefined;
}

/** @returns whether a package manager has been here: its own folder of packages, or Yarn's list of them, here or above. */
export async function hasPackages(directory: string): Promise<boolean> {
  const places = [
    join(directory, 'node_modules'),
    ...andAbove(directory).map((folder) => join(folder, '.pnp.cjs')),
  ];
  const found = await Promise.all(places.map(exists));
  return found.includes(true);
}

/** @returns the packages of interest that a package.json requires, and those that came along, at their installed versions. */
export async function npmPackages(directory: string, manifest: TextFile): Promise<readonly PackageFact[]> {
  const ranges = rangesOf(parseObject(manifest.text) ?? {});
  const found = await Promise.all(
    npmNames.map(async (name): Promise<PackageFact | undefined> => {
      const range = ranges[name];
      // A package in a folder above that was not required belongs to other projects.
      const folders = typeof range === 'string' ? andAbove(directory) : [directory];
      const version = await installedVersion(folders, name);
      if (version === undefined && typeof range !== 'string') return undefined;
      return {
        ecosystem: 'npm',
        name,
        range: typeof range === 'string' ? range : '',
        ...(version === undefined ? {} : { version }),
        file: manifest.file,
        line: lineAt(manifest.text, manifest.text.indexOf(`"${name}"`)),
      };
    }),
  );
  return found.filter((fact) => fact !== undefined);
}

/** Finds `fastmcp>=2.13`, `"fastmcp[auth]>=2.13"` and Poetry's `fastmcp = "^2.13"`. */
function declaration(name: string): RegExp {
  return new RegExp(
    `^(?!\\s*#)[^\\n]*?(?<![\\w./-])${name}(?:\\[[^\\]]*\\])?(?![\\w-])\\s*(?:=\\s*["']([^"'\\n]*)["']|([<>=!~^][^"'#;\\n]*))?`,
    'mi',
  );
}

/** This file identifies a virtual environment, whatever its folder is called. */
const environmentMark = 'pyvenv.cfg';

export async function environmentsIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name);
  const marked = await Promise.all(folders.map((folder) => exists(join(directory, folder, environmentMark))));
  const usual = ['.venv', 'venv', 'env'];
  return folders.filter((name, index) => marked[index] || usual.includes(name));
}

/** Lists what is installed in the project's virtual environment, as `name-1.2.3.dist-info` folders. */
async function installedDistributions(directory: string): Promise<readonly string[]> {
  const list = (path: string) => readdir(join(directory, path)).catch(() => []);
  const folders = await Promise.all(
    (await environmentsIn(directory)).map(async (environment) => {
      const versions = await list(`${environment}/lib`);
      const unix = versions.map((version) => `${environment}/lib/${version}/site-packages`);
      return (await Promise.all([...unix, `${environment}/Lib/site-packages`].map(list))).flat();
    }),
  );
  return folders.flat().filter((name) => name.endsWith('.dist-info'));
}

function lockedVersion(locks: readonly TextFile[], name: string): string | undefined {
  const pattern = new RegExp(`^name = "${name}"\\r?\\nversion = "([^"]+)"`, 'm');
  return locks.map(({ text }) => pattern.exec(text)?.[1]).find((version) => version !== undefined);
}

export const pythonManifests = ['pyproject.toml', 'requirements.txt', 'requirements/base.txt'] as const;

/** @returns the packages of interest that a Python project requires, at their installed or locked versions. */
export async function pypiPackages(
  directory: string,
  manifests: readonly TextFile[],
): Promise<{ readonly packages: readonly PackageFact[]; readonly installed: boolean }> {
  const [distributions, locks] = await Promise.all([
    installedDistributions(directory),
    readTexts(directory, ['uv.lock', 'poetry.lock']),
  ]);
  const versionOf = (name: string) => {
    const pattern = new RegExp(`^${name.replaceAll('-', '[-_]')}-(.+)\\.dist-info$`, 'i');
    const installed = distributions.map((folder) => pattern.exec(folder)?.[1]).find(Boolean);
    return installed ?? lockedVersion(locks, name);
  };
  const packages = manifests.flatMap(({ file, text }) =>
    pypiNames.flatMap((name): readonly PackageFact[] => {
      const match = declaration(name).exec(text);
      if (match === null) return [];
      const version = versionOf(name);
      const range = (match[1] ?? match[2] ?? '').trim();
      const line = lineAt(text, match.index + match[0].length);
      return [{ ecosystem: 'pypi', name, range, ...(version && { version }), file, line }];
    }),
  );
  const isFirst = ({ name }: PackageFact, index: number) =>
    packages.findIndex((other) => other.name === name) === index;
  return { packages: packages.filter(isFirst), installed: distributions.length > 0 };
}
