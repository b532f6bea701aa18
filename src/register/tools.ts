import { printable } from '../scalekit/index.ts';

// The names of the tools of Scalekit's MCP server are known; their arguments are read from their schemas each time, since
// its README and its code disagree (docs/scalekit.md#registering-a-server).

/** The tools that may be called. `update_mcp_server` is not among them: with a URL it turns a server into a web application. */
export type ToolName =
  | 'list_environments'
  | 'get_environment_credentials'
  | 'list_environment_scopes'
  | 'create_environment_scope'
  | 'list_mcp_servers'
  | 'register_mcp_server';

/** A tool and its arguments (JSON Schema), from `tools/list`. */
export interface OfferedTool {
  readonly name: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** The names that tools use for each argument. */
const spellings = {
  environment: ['environmentId', 'envId', 'environment'],
  page: ['pageToken', 'page', 'cursor'],
  pageSize: ['pageSize', 'limit'],
  scope: ['scopeName', 'scope', 'name'],
  name: ['name', 'displayName', 'serverName'],
  description: ['description'],
  url: ['mcpServerUrl', 'serverUrl', 'url', 'resourceUri'],
  tokenExpiry: ['accessTokenExpiry', 'tokenExpiry', 'expiry'],
  provider: ['provider'],
  usesScalekit: ['useScalekitAuthentication', 'usesScalekitAuthentication'],
} as const;

export type ArgumentName = keyof typeof spellings;
export type Arguments = Readonly<Partial<Record<ArgumentName, string | number | boolean>>>;

/** Arguments to leave out if a tool does not take them. */
const dispensable: ReadonlySet<string> = new Set<ArgumentName>(['pageSize', 'description', 'provider']);

/** A tool differs from what this program knows. `reason` continues the sentence after the tool's name. */
export class ToolChanged extends Error {
  readonly tool: string;
  readonly reason: string;

  constructor(tool: string, reason: string) {
    super(`${tool} ${reason}`);
    this.tool = tool;
    this.reason = reason;
  }
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function propertyFor(
  argument: ArgumentName,
  properties: Readonly<Record<string, unknown>>,
): string | undefined {
  const names = Object.keys(properties);
  for (const spelling of spellings[argument]) {
    const found = names.find((name) => plain(name) === plain(spelling));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @returns the value in the type of the schema, with numbers as text if needed; undefined if the type is another one. */
function inType(value: string | number | boolean, schema: unknown): string | number | boolean | undefined {
  const { type } = objectIn(schema);
  const types = Array.isArray(type) ? type : [type];
  if (type === undefined || types.includes(typeof value)) return value;
  if (typeof value === 'number' && types.includes('integer')) return value;
  if (types.includes('string')) return String(value);
  return undefined;
}

/** Constant values for arguments that a tool may require: our servers are always protected by Scalekit itself. */
const constants: Arguments = { page: '', provider: '', description: '', usesScalekit: true };

/**
 * Puts arguments into the form that a tool requires.
 * @returns the arguments to call it with.
 * @throws ToolChanged if the tool does not take an argument that matters, or requires one that we do not know.
 */
export function fitArguments(tool: OfferedTool, given: Arguments): Record<string, unknown> {
  const properties = objectIn(tool.inputSchema.properties);
  const fitted: Record<string, unknown> = {};
  for (const [argument, value] of Object.entries(given) as [ArgumentName, string | number | boolean][]) {
    const property = propertyFor(argument, properties);
    if (property === undefined && dispensable.has(argument)) continue;
    if (property === undefined) throw new ToolChanged(tool.name, `no longer takes ${spellings[argument][0]}`);
    const typed = inType(value, properties[property]);
    if (typed === undefined) throw new ToolChanged(tool.name, `wants ${printable(property)} in another form`);
    fitted[property] = typed;
  }
  const required = Array.isArray(tool.inputSchema.required) ? tool.inputSchema.required : [];
  for (const name of required.map(String).filter((each) => !(each in fitted))) {
    const argument = (Object.keys(constants) as ArgumentName[]).find((key) =>
      spellings[key].some((s) => plain(s) === plain(name)),
    );
    if (argument === undefined)
      throw new ToolChanged(tool.name, `requires ${printable(name)}, which this version does not know`);
    fitted[name] = constants[argument];
  }
  return fitted;
}
