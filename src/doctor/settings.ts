import {
  checkPort,
  defaultPort,
  isLoopback,
  portOf,
  type VariableName,
  variableAliases,
} from '../scalekit/index.ts';
import type { ProjectFacts, Setting } from './facts/index.ts';
import type { Edit, Finding, Subject } from './model.ts';

/** @returns a variable as the server sees it, or undefined if it is not set. */
export function settingOf(project: ProjectFacts, variable: VariableName): Setting | undefined {
  return project.settings.find((setting) => setting.variable === variable);
}

/** @returns where a variable is set, for a finding about it. */
export function placeOf(setting: Setting): Subject {
  const { name: variable, file, line } = setting;
  return { variable, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

/** @returns the edit that gives a variable another value, or none if the value comes from the process environment. */
export function editOf(setting: Setting, value: string): readonly Edit[] {
  if (setting.file === undefined) return [];
  const { file, name: variable, rules } = setting;
  return [{ kind: 'set-variable', file, variable, value, ...(rules && { rules }) }];
}

/** @returns the finding that a variable should have another value, which `--fix` gives it. */
export function wrongValue(setting: Setting, expected: string): Finding {
  return {
    subject: placeOf(setting),
    actual: setting.value,
    expected,
    edits: editOf(setting, expected),
  };
}

/** @returns whether MCP_URL is meant as our own variable is: a base URL, to which the server adds `mcp`. */
export function isBaseUrl({ name, isDerived }: Setting, { framework }: ProjectFacts): boolean {
  // In a hand-written server it means whatever its author decided.
  const addsMcp = ['generated', 'fastmcp', 'python', 'unknown'].includes(framework);
  return !isDerived && addsMcp && (name === 'MCP_URL' || name.startsWith('FASTMCP_'));
}

/** @returns the port that the server listens on, or undefined if PORT is no port, or its program decides. */
export function listeningPort(project: ProjectFacts): number | undefined {
  const port = settingOf(project, 'PORT');
  const inSource = project.sourcePort === undefined ? undefined : Number(project.sourcePort.text);
  if (port === undefined) return project.kind === 'generated' ? defaultPort : inSource;
  const checked = checkPort(port.value);
  return checked.ok ? checked.value : undefined;
}

/** @returns whether the clients in this project that ask this machine all ask at one port. */
export function clientsAgreeOn({ clients }: ProjectFacts, port: number): boolean {
  const local = clients.map(({ url }) => new URL(url)).filter(isLoopback);
  return local.length > 0 && local.every((url) => portOf(url) === port);
}

/** The names that guides use for Scalekit's values. */
function isScalekitName(name: string): boolean {
  const {
    SCALEKIT_ENVIRONMENT_URL: url,
    SCALEKIT_CLIENT_ID: client,
    SCALEKIT_RESOURCE_ID: resource,
  } = variableAliases;
  return name.includes('SCALEKIT') || [...url, ...client, ...resource].includes(name);
}

/** @returns the name under which the source reads a variable, for a sentence about one that is not set. */
export function nameInSource(project: ProjectFacts, variable: VariableName): string {
  const names = [variable, ...variableAliases[variable]];
  return project.variableReads.find(({ text }) => names.includes(text))?.text ?? variable;
}

/** @returns whether anything in this project says that Scalekit protects it. */
export function usesScalekit(project: ProjectFacts): boolean {
  return (
    project.kind === 'generated' ||
    project.settings.some(({ variable }) => variable.startsWith('SCALEKIT_')) ||
    project.variableReads.some(({ text }) => isScalekitName(text)) ||
    project.packages.some(({ name }) => name.includes('scalekit'))
  );
}
