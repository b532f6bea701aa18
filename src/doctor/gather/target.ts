import {
  checkEnvironmentUrl,
  checkMcpUrl,
  checkResourceId,
  isUrl,
  serverUrls,
} from '../../scalekit/index.ts';
import {
  type ClientName,
  type DirectoryFacts,
  type Fact,
  known,
  missing,
  type ProjectFacts,
  type ScalekitFacts,
} from '../facts/index.ts';
import type { ProbeOptions } from '../probe.ts';
import { objectOf, strings } from '../reading.ts';
import { isBaseUrl, settingOf } from '../settings.ts';
import { type Endpoint, findEndpoint } from './endpoint.ts';
import { servesMcp } from './project/framework.ts';
import { gatherProject } from './project/project.ts';
import { gatherAuthorizationServer, gatherScalekit } from './scalekit.ts';
import type { MetadataAnswers } from './server.ts';

/** What the doctor is asked to look at. */
export interface Target {
  /** The project's folder. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where clients keep their registrations. */
  readonly home: string;
  /** A server to ask instead of the project's own. */
  readonly url?: string;
  readonly token?: string;
  /** Read files and nothing else. */
  readonly offline: boolean;
  /** Start the project's own server for a moment where it does not run (`--start`). */
  readonly start?: boolean;
  /** Which client, and which directory, is asked about. */
  readonly client?: ClientName;
  readonly directoryOf?: DirectoryFacts['name'];
  /** The file of known tools, relative to the folder. */
  readonly surface?: string;
  /** Read the settings here instead of `.env`. */
  readonly envFile?: string;
  /** How long one answer may take, and all of them together, in milliseconds. Default: `patience`. */
  readonly limits?: { readonly answer: number; readonly all: number };
  readonly signal: AbortSignal;
}

/** If no variable says where the server is, its source may: the port, on this machine. */
function sourceEndpoint({ sourcePort, paths, framework }: ProjectFacts): string | undefined {
  if (sourcePort === undefined || !servesMcp(framework)) return undefined;
  const path = paths.find((each) => /mcp/.test(each)) ?? '/mcp';
  return new URL(path, `http://localhost:${sourcePort.text}`).href;
}

/** The server that a project's MCP_URL means, corrected where it can be. */
export function ownEndpoint(project: ProjectFacts): string | undefined {
  const setting = settingOf(project, 'MCP_URL');
  const mcpUrl = checkMcpUrl(setting?.value ?? '');
  if (setting === undefined || !mcpUrl.ok) return sourceEndpoint(project);
  // Under another name it may be the endpoint or its base: the URL as written is tried first.
  return isBaseUrl(setting, project) ? serverUrls(mcpUrl.value).endpoint : new URL(setting.value).href;
}

/** The project counts unless a server other than its own is asked for. */
function concerns(project: ProjectFacts, url: string | undefined): boolean {
  if (url === undefined) return true;
  const own = ownEndpoint(project);
  return own !== undefined && new URL(own).origin === new URL(url).origin;
}

/** @returns the facts of the target's folder, unless another server than the one of this folder is asked for. */
export async function projectOf(
  target: Pick<Target, 'directory' | 'env' | 'envFile' | 'url'>,
): Promise<Fact<ProjectFacts>> {
  const project = await gatherProject(target.directory, target.env, target.envFile);
  if (!project.known || concerns(project.value, target.url)) return project;
  return missing('The settings of this folder are for another server');
}

/** @returns the MCP endpoint to examine: from the URL, or from the project's settings. */
export async function endpointOf(
  target: Target,
  project: Fact<ProjectFacts>,
  options: ProbeOptions,
): Promise<Fact<Endpoint>> {
  const places = project.known ? project.value.paths : [];
  if (target.url !== undefined) return known(await findEndpoint(target.url, places, options, 'person'));
  if (!project.known) return missing('No server is known: there is no project here, and no URL was given');
  const own = ownEndpoint(project.value);
  return own === undefined
    ? missing('MCP_URL does not say where the server is')
    : known(await findEndpoint(own, places, options, 'settings'));
}

/** Scalekit as the project's settings name it. */
export async function configuredScalekit(
  project: Fact<ProjectFacts>,
  options: ProbeOptions,
): Promise<Fact<ScalekitFacts>> {
  if (!project.known) return missing(project.why);
  const environmentUrl = checkEnvironmentUrl(
    settingOf(project.value, 'SCALEKIT_ENVIRONMENT_URL')?.value ?? '',
  );
  if (!environmentUrl.ok) return missing('SCALEKIT_ENVIRONMENT_URL does not say where Scalekit is');
  const resourceId = checkResourceId(settingOf(project.value, 'SCALEKIT_RESOURCE_ID')?.value ?? '');
  if (!resourceId.ok) return missing('SCALEKIT_RESOURCE_ID does not say which MCP server this is');
  return known(await gatherScalekit(environmentUrl.value, resourceId.value, options));
}

/** The authorization server that a server's own metadata names. */
export async function namedScalekit(
  metadata: Promise<MetadataAnswers>,
  options: ProbeOptions,
): Promise<Fact<ScalekitFacts>> {
  const answers = await metadata;
  const documents = [objectOf(answers.metadata), objectOf(answers.metadataRoot)];
  const servers = documents.flatMap((document) => strings(document?.authorization_servers));
  const issuer = servers.find((server) => /^https?:\/\//.test(server) && isUrl(server));
  if (issuer === undefined) return missing('The server does not say which authorization server it trusts');
  return known(await gatherAuthorizationServer(issuer, options));
}
