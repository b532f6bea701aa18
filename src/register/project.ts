import type { ProjectFacts, Setting } from '../doctor/facts/index.ts';
import { readText } from '../doctor/gather/project/files.ts';
import { gatherProject } from '../doctor/gather/project/project.ts';
import { objectIn, parseObject } from '../doctor/reading.ts';
import { settingOf } from '../doctor/settings.ts';
import { declaredScopes, type ListedScope } from '../project/scopes-file.ts';
import {
  checkMcpUrl,
  checkPort,
  checkScopes,
  defaultPort,
  describeScope,
  openIdScopes,
  type VariableName,
} from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';

/** A scope as a project declares it. */
export type DeclaredScope = Pick<ListedScope, 'name' | 'description'>;

/** What registering needs to know about a project, in any language. */
export interface Project {
  readonly directory: string;
  /** The display name of the server. */
  readonly name: string;
  readonly python: boolean;
  /** Whether the self-check can start it: it was made by create, in TypeScript, and its packages are installed. */
  readonly canBeChecked: boolean;
  readonly port: number;
  readonly mcpUrl: string;
  readonly scopes: readonly DeclaredScope[];
  /** Our variables as the server sees them. */
  readonly settings: readonly Setting[];
  /** Corrections and assumptions. */
  readonly notes: readonly string[];
}

/** @returns what a variable is set to, or undefined. */
export function currentValue(project: Pick<Project, 'settings'>, variable: VariableName): string | undefined {
  return project.settings.find((setting) => setting.variable === variable)?.value;
}

/** Files that may have the list of scopes, by language. */
const scopeFiles = ['src/scopes.ts', 'scopes.py', 'server.py'] as const;

/** @returns the scopes that a project of any language declares. */
export async function readScopes(directory: string, facts: ProjectFacts): Promise<readonly DeclaredScope[]> {
  for (const file of scopeFiles) {
    const declared = declaredScopes((await readText(directory, file))?.text ?? '');
    if (declared.length > 0) return declared;
  }
  return facts.scopes.map(({ text }) => ({ name: text, description: describeScope(text) }));
}

/** Without OpenID's scopes, which are Scalekit's own. */
function ownScopes(declared: readonly DeclaredScope[]): readonly DeclaredScope[] {
  const names = declared.map(({ name }) => name);
  const kept = names.filter((name) => !openIdScopes.has(name));
  if (kept.length === 0)
    throw new UserError('No scope of this server was found in its source.', {
      code: 'register/no-scopes',
      next: "list them in src/scopes.ts, one per line: 'todo:read': 'Read your todos',",
    });
  const checked = checkScopes(kept);
  if (!checked.ok) {
    const { reason, actual, expected } = checked.problem;
    throw new UserError(`${reason}: ${actual}\n    expected ${expected}`, { code: checked.problem.code });
  }
  return checked.value.map((name) => ({
    name,
    description: declared.find((scope) => scope.name === name)?.description ?? describeScope(name),
  }));
}

async function nameOf(directory: string, facts: ProjectFacts): Promise<string> {
  const manifest = parseObject((await readText(directory, '.scalekit-mcp.json'))?.text);
  const name = objectIn(manifest?.answers)?.name;
  // Scalekit accepts at most 128 characters (docs/scalekit.md#registering-a-server).
  return (typeof name === 'string' && name !== '' ? name : facts.name).slice(0, 128);
}

function addressOf(facts: ProjectFacts): Pick<Project, 'port' | 'mcpUrl' | 'notes'> {
  const checkedPort = checkPort(settingOf(facts, 'PORT')?.value ?? defaultPort);
  const port = checkedPort.ok ? checkedPort.value : defaultPort;
  const setting = settingOf(facts, 'MCP_URL');
  if (setting === undefined || setting.value === '') {
    const mcpUrl = `http://localhost:${port}/`;
    return { port, mcpUrl, notes: [`MCP_URL is not set: ${mcpUrl} is registered.`] };
  }
  const checked = checkMcpUrl(setting.value);
  if (checked.ok) return { port, mcpUrl: checked.value, notes: checked.notes };
  const { reason, actual, expected } = checked.problem;
  throw new UserError(`${setting.name}: ${reason}: ${actual}\n    expected ${expected}`, {
    code: checked.problem.code,
    next: 'npx scalekit-mcp doctor --offline',
  });
}

/**
 * Reads the project in a folder.
 * @throws UserError if there is none, or its settings cannot be registered.
 */
export async function readProject(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Project> {
  const facts = await gatherProject(directory, env);
  if (!facts.known)
    throw new UserError('There is no project in this folder.', {
      code: 'register/no-project',
      next: "run it in your server's folder, or make one: npx create-scalekit-mcp todo-mcp --register",
    });
  const project = facts.value;
  const [name, scopes] = await Promise.all([nameOf(directory, project), readScopes(directory, project)]);
  return {
    directory,
    name,
    python: project.kind === 'fastmcp' || project.kind === 'python',
    canBeChecked: project.kind === 'generated' && project.installed,
    ...addressOf(project),
    scopes: ownScopes(scopes),
    settings: project.settings,
  };
}
