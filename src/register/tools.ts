import { printable } from '../scalekit/index.ts';

// What the tools of Scalekit's MCP server are called is known; how they take their arguments is asked each time,
// since its README and its code disagree (docs/scalekit.md#registering-a-server).

/** The tools that this room may call. `update_mcp_server` is none of them: with a URL it turns a server into a web application. */
export type ToolName =
  | 'list_environments'
  | 'get_environment_credentials'
  | 'list_environment_scopes'
  | 'create_environment_scope'
  | 'list_mcp_servers'
  | 'register_mcp_server';

/** How a tool takes its arguments, as `tools/list` says (JSON Schema). */
export interface OfferedTool {
  readonly name: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

/** An argument by what it means; each tool calls it one of several names. */
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

/** May be left out where a tool has no place for it. */
const dispensable: ReadonlySet<string> = new Set<ArgumentName>(['pageSize', 'description', 'provider']);

/** A tool is not what this program knows. `reason` goes on after the tool's name. */
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

/** A number where text is asked for, and the other way round; anything else is not the argument that we know. */
function inType(value: string | number | boolean, schema: unknown): string | number | boolean | undefined {
  const { type } = objectIn(schema);
  const types = Array.isArray(type) ? type : [type];
  if (type === undefined || types.includes(typeof value)) return value;
  if (typeof value === 'number' && types.includes('integer')) return value;
  if (types.includes('string')) return String(value);
  return undefined;
}

/** What a tool may require and is always the same here: every server of ours is protected by Scalekit itself. */
const constants: Arguments = { page: '', provider: '', description: '', usesScalekit: true };

/**
 * Puts arguments into the form that a tool asks for.
 * @returns what to call it with.
 * @throws ToolChanged where the tool has no place for an argument that matters, or asks for one that we do not know.
 */
export function fitArguments(tool: OfferedTool, given: Arguments): Record<string, unknown> {
  const properties = objectIn(tool.inputSchema.properties);
  const fitted: Record<string, unknown> = {};
  for (const [argument, value] of Object.entries(given) as [ArgumentName, string | number | boolean][]) {
    const property = propertyFor(argument, properties);
    if (property === undefined && dispensable.has(argument)) continue;
    if (property === undefined)
      throw new ToolChanged(tool.name, `takes no ${spellings[argument][0]} any more`);
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
      throw new ToolChanged(tool.name, `asks for ${printable(name)}, which this version does not know`);
    fitted[name] = constants[argument];
  }
  return fitted;
}
