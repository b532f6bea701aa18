import type { Facts, ProjectFacts } from './facts/index.ts';
import { frameworkLines, type Lines } from './framework-lines.ts';

/** What a server is made with, and the line to write in each. */

type Matter = Exclude<keyof Lines, 'name' | 'loadEnv' | 'namedMetadata' | 'behindCheck'>;

/** @returns the line to write for a matter, in the framework that the project is made with. */
function lineOf(project: ProjectFacts | undefined, matter: Matter): string {
  return frameworkLines[project?.framework ?? 'unknown'][matter];
}

/** @returns how the project's source names what it is made with. */
export function frameworkName(project: ProjectFacts): string {
  return frameworkLines[project.framework].name;
}

export function allowHost(project: ProjectFacts | undefined, host: string): string {
  return lineOf(project, 'allowHost').replaceAll('<HOST>', host);
}

export function corsLine(project: ProjectFacts | undefined): string {
  return lineOf(project, 'cors');
}

export function guardLine(project: ProjectFacts | undefined): string {
  return lineOf(project, 'guard');
}

export function rootMetadataLine(project: ProjectFacts | undefined): string {
  return lineOf(project, 'rootMetadata');
}

export function trustForwarded(project: ProjectFacts | undefined): string {
  return lineOf(project, 'trustForwarded');
}

export function serveHttp(project: ProjectFacts | undefined, port?: number): string {
  return lineOf(project, 'serveHttp').replaceAll('<PORT>', String(port ?? 3002));
}

/** @returns how MCP is served at a path, with the paths that the source has. */
export function mountedAt(project: ProjectFacts | undefined, path: string): string {
  const line = lineOf(project, 'mount').replaceAll('<PATH>', path).replaceAll('<PORT>', '3002');
  const others = project?.paths.filter((other) => other !== path) ?? [];
  return others.length === 0
    ? line
    : `${line} The source has ${others.join(', ')}: if MCP is there, clients have to use that path.`;
}

export function protect(project: ProjectFacts | undefined): string {
  return lineOf(project, 'protect');
}

/** @returns how `.env` is loaded; undefined if the framework does so by itself. */
export function loadEnvLine(project: ProjectFacts): string | undefined {
  return frameworkLines[project.framework].loadEnv;
}

export function startCommand(project: ProjectFacts | undefined): string {
  return project?.startCommand ?? lineOf(project, 'start').replaceAll('<PORT>', '8000');
}

/** @returns why the metadata is usually not where the challenge says; undefined if this framework has no reason of its own. */
export function namedMetadataLine(project: ProjectFacts | undefined): string | undefined {
  return project === undefined ? undefined : frameworkLines[project.framework].namedMetadata;
}

/** @returns what usually fails after the token check; undefined if this framework has no reason of its own. */
export function behindCheckLine(project: ProjectFacts | undefined): string | undefined {
  return project === undefined ? undefined : frameworkLines[project.framework].behindCheck;
}

/** @returns the fix in the project's own framework; nothing if only a URL is known, since then the framework is unknown. */
export function inFramework(
  { project }: Pick<Facts, 'project'>,
  line: (project: ProjectFacts) => string,
): { readonly fix?: string } {
  return project.known ? { fix: `In ${frameworkName(project.value)}: ${line(project.value)}` } : {};
}
