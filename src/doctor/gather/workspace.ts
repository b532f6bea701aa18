import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersBelow, packageFolders } from '../../project/workspace.ts';
import { objectIn, parseObject } from '../reading.ts';
import { readText } from './project/files.ts';

/** A repository of several packages: which of them is the MCP server? */

/** Packages that only an MCP server depends on. */
const serverPackages = [
  '@modelcontextprotocol/sdk',
  '@modelcontextprotocol/server',
  'fastmcp',
  'mcp-framework',
  'mcp-use',
  'scalekit-mcp-server',
  'skybridge',
  'xmcp',
];

/** @returns whether a folder's manifests require a package that MCP servers are made of. */
async function isServer(directory: string): Promise<boolean> {
  const manifest = parseObject((await readText(directory, 'package.json'))?.text) ?? {};
  const asked = { ...objectIn(manifest.dependencies), ...objectIn(manifest.devDependencies) };
  if (serverPackages.some((name) => name in asked)) return true;
  const python = await Promise.all(
    ['pyproject.toml', 'requirements.txt'].map((file) => readText(directory, file)),
  );
  return python.some((file) => /(?<![\w./-])(?:fastmcp|mcp)\b(?!-)/m.test(file?.text ?? ''));
}

/** Manifests of Java, Kotlin, Go, Rust, C# and Ruby. */
const otherManifests =
  /^(?:pom\.xml|build\.gradle(?:\.kts)?|go\.mod|Cargo\.toml|Gemfile|[\w.-]+\.(?:csproj|sln))$/;

/** @returns whether a folder holds a project in a language whose files are not read; its server can be checked all the same. */
export async function isOtherLanguage(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  return names.some((name) => otherManifests.test(name));
}

/** @returns the MCP servers in the folders below one that is neither a project nor a workspace, relative to it. */
export async function serversBelow(directory: string): Promise<readonly string[]> {
  const folders = await foldersBelow(directory, '', 2);
  const found = await Promise.all(folders.map((folder) => isServer(join(directory, folder))));
  return folders.filter((_, index) => found[index]);
}

/**
 * @param directory that the doctor was called in.
 * @returns the packages of a workspace that are MCP servers, relative to it; nothing if the folder is one itself, or is
 * no workspace.
 */
export async function serversIn(directory: string): Promise<readonly string[]> {
  const folders = await packageFolders(directory);
  if (folders.length === 0 || (await isServer(directory))) return [];
  const found = await Promise.all(folders.map((folder) => isServer(join(directory, folder))));
  return folders.filter((_, index) => found[index]);
}
