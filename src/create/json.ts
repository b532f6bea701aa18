import { packageManager } from '../project/package-manager.ts';
import { serverUrls } from '../scalekit/index.ts';
import type { Answers, File } from './answers.ts';

/** JSON files are objects: read, changed, written, never text with holes in it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What the project depends on for `scalekit-mcp`, and the tarball that it carries until that is on the registry. */
export interface Tooling {
  readonly version: string;
  /** Undefined where the registry has it. */
  readonly tarball: Uint8Array | undefined;
}

/** @returns where a project keeps the packed tooling, as a path in the project. */
export function tarballPath(version: string): string {
  return `vendor/scalekit-mcp-${version}.tgz`;
}

interface PackageJson {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Edits the template's package.json: its name, its description, and where its tooling comes from. */
export function packageJson(template: string, answers: Answers, tooling: Tooling): string {
  const { name: _name, version, private: isPrivate, ...rest } = JSON.parse(template) as PackageJson;
  const specifier =
    tooling.tarball === undefined ? `^${tooling.version}` : `file:${tarballPath(tooling.version)}`;
  return jsonText({
    name: answers.packageName,
    version,
    private: isPrivate,
    description: `${answers.name}: an MCP server protected by Scalekit`,
    ...rest,
    devDependencies: { ...rest.devDependencies, 'scalekit-mcp': specifier },
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
