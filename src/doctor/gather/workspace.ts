import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { objectIn, strings } from '../reading.ts';
import { parseObject, readText } from './project/files.ts';

/** A repository of several packages: which of them is the MCP server? */

/** What only an MCP server depends on. */
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

/** The patterns of npm, Yarn and Bun, and those of pnpm, which are lines of a list. */
async function patternsOf(directory: string): Promise<readonly string[]> {
  const manifest = parseObject((await readText(directory, 'package.json'))?.text) ?? {};
  const { workspaces } = manifest;
  const listed = Array.isArray(workspaces) ? strings(workspaces) : strings(objectIn(workspaces)?.packages);
  const pnpm = (await readText(directory, 'pnpm-workspace.yaml'))?.text ?? '';
  const lines = [...pnpm.matchAll(/^\s*-\s*["']?([^"'#\n]+?)["']?\s*$/gm)].map(([, pattern = '']) => pattern);
  return [...listed, ...lines].filter((pattern) => !pattern.startsWith('!'));
}

async function foldersOf(directory: string, pattern: string): Promise<readonly string[]> {
  const base = pattern.replace(/\/?\*\*?(?:\/\*\*?)*$/, '').replace(/^\.\//, '');
  if (!pattern.includes('*')) return [base];
  const entries = await readdir(join(directory, base), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => `${base}/${name}`);
}

/** @returns whether a folder's manifests ask for what an MCP server is made of. */
async function isServer(directory: string): Promise<boolean> {
  const manifest = parseObject((await readText(directory, 'package.json'))?.text) ?? {};
  const asked = { ...objectIn(manifest.dependencies), ...objectIn(manifest.devDependencies) };
  if (serverPackages.some((name) => name in asked)) return true;
  const python = await Promise.all(
    ['pyproject.toml', 'requirements.txt'].map((file) => readText(directory, file)),
  );
  return python.some((file) => /(?<![\w./-])(?:fastmcp|mcp)\b(?!-)/m.test(file?.text ?? ''));
}

/**
 * @param directory that the doctor was called in.
 * @returns the packages of a workspace that are MCP servers, relative to it; nothing where the folder is one itself, or is
 * no workspace.
 */
export async function serversIn(directory: string): Promise<readonly string[]> {
  const patterns = await patternsOf(directory);
  if (patterns.length === 0 || (await isServer(directory))) return [];
  const folders = [
    ...new Set((await Promise.all(patterns.map((pattern) => foldersOf(directory, pattern)))).flat()),
  ];
  const found = await Promise.all(folders.map((folder) => isServer(join(directory, folder))));
  return folders.filter((_, index) => found[index]).sort();
}
