import { packageManager } from '../project/package-manager.ts';
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

/** Edits the template's package.json: its name, its description, and where our packages come from. */
export function packageJson(template: string, answers: Answers, tooling: Tooling): string {
  const { name: _name, version, private: isPrivate, ...rest } = JSON.parse(template) as PackageJson;
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

/** What MCP clients read to find this server (docs/mcp.md#clients). */
export function clientConfigurations(answers: Answers): readonly File[] {
  const url = serverUrls(answers.mcpUrl).endpoint;
  const remote = { [answers.packageName]: { type: 'http', url } };
  return [
    { path: '.mcp.json', content: jsonText({ mcpServers: remote }) },
    { path: '.vscode/mcp.json', content: jsonText({ servers: remote }) },
    { path: '.cursor/mcp.json', content: jsonText({ mcpServers: { [answers.packageName]: { url } } }) },
  ];
}

/** The file by which later versions know what this project was made from. It holds what shaped the files, and no secret. */
export const manifestPath = '.scalekit-mcp.json';

/** @returns the text of that file. The values of a real Scalekit are not in it: they are in `.env`. */
export function manifest(answers: Answers, tooling: Tooling): string {
  const { name, template, port, mcpUrl, scopes } = answers;
  return jsonText({
    '//': 'What create-scalekit-mcp made this project from. Leave it here: updates need it.',
    version: tooling.version,
    answers: {
      name,
      template,
      language: 'typescript',
      port,
      emulator: answers.scalekit === undefined,
      mcpUrl,
      scopes,
      store: 'memory',
      packageManager: packageManager(answers.packageManager).name,
    },
  });
}
