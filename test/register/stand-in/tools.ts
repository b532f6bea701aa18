import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Environment } from './environment.ts';

/**
 * Scalekit's tools as its public MCP server has them (docs/scalekit.md#registering-a-server): prose in one text block,
 * failures too, without `isError`. Each switch is a trap.
 */
export interface Switches {
  /** These tools do not exist. */
  gone: readonly string[];
  /** `renamed`: arguments in snake case; `unknown-argument`: registering asks for a region; `no-environment`: it takes none. */
  schema: 'known' | 'renamed' | 'unknown-argument' | 'no-environment';
  /** Answers of these tools become this text, as if it were worded anew. */
  reworded: Readonly<Record<string, string>>;
  /** These tools fail, in prose. */
  failing: readonly string[];
  /** How many environments and servers fit on a page. */
  pageSize: number;
  /** The next page is always this one. */
  endlessPages: boolean;
  /** Registering answers with a different id from the one in the list. */
  wrongId: boolean;
  /** Registering reports a failure, but has worked. */
  registersAndFails: boolean;
  /** Registering reports success, but has done nothing. */
  registersNothing: boolean;
  /** The metadata of newly registered servers does not answer. */
  silentMetadata: boolean;
  /** Creating reports success, but has done nothing. */
  createsNothing: boolean;
  /** Registering waits for this before it answers. */
  hold: Promise<void> | undefined;
}

export const noSwitches: Switches = {
  gone: [],
  schema: 'known',
  reworded: {},
  failing: [],
  pageSize: 30,
  endlessPages: false,
  wrongId: false,
  registersAndFails: false,
  registersNothing: false,
  silentMetadata: false,
  createsNothing: false,
  hold: undefined,
};

/** One call of a tool, as it arrived. */
export interface Call {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Workspace {
  readonly environments: readonly Environment[];
  readonly switches: Switches;
  readonly calls: Call[];
  nextId(): string;
}

type Args = Readonly<Record<string, unknown>>;
type Run = (args: Args) => string | Promise<string>;

interface Definition {
  readonly description: string;
  readonly shape: Record<string, z.ZodType>;
  readonly failure: string;
  readonly run: Run;
}

const environmentId = z.string().regex(/^env_\w+$/, 'Environment ID must start with env_');

function page<T>(items: readonly T[], token: unknown, { pageSize, endlessPages }: Switches) {
  const number = Number(token) || 1;
  const from = (number - 1) * pageSize;
  const more = endlessPages || from + pageSize < items.length;
  const next = endlessPages ? 'again' : String(number + 1);
  return { items: items.slice(from, from + pageSize), from, next: more ? next : undefined };
}

function definitions(workspace: Workspace): Readonly<Record<string, Definition>> {
  const { environments, switches } = workspace;
  const environmentOf = (args: Args): Environment => {
    const id = args.environmentId ?? args.environment_id;
    const found = environments.find((environment) => environment.id === id);
    if (found === undefined) throw new Error('404');
    return found;
  };
  return {
    list_environments: {
      description: 'List all available environments in the workspace.',
      shape: {
        pageToken: z.string().optional(),
        pageSize: z.number().int().min(1).max(100).optional().default(20),
      },
      failure: 'Failed to fetch environments. Please try again later.',
      run: ({ pageToken }) => {
        const { items, next } = page(environments, pageToken, switches);
        const rows = items.map(
          ({ id, name, type, domain }) =>
            `ID: ${id} | Name: ${name} | Type: ${type} | Domain: ${domain} | Custom Domain: N/A | Custom Domain Status: N/A`,
        );
        const pagination = next === undefined ? '\nNo more pages.' : `\nNext page token: ${next}`;
        return `Total environments: ${environments.length}\n\n${rows.join('\n')}${pagination}`;
      },
    },
    get_environment_credentials: {
      description: 'Get API credentials for a Scalekit environment.',
      shape: { environmentId },
      failure: 'Failed to fetch environment credentials. Please try again later.',
      run: (args) => {
        const { name, type, url, clientId } = environmentOf(args);
        return [
          `# ${name} (${type})`,
          '',
          'Copy this into your .env file:',
          '',
          `SCALEKIT_ENVIRONMENT_URL=${url}`,
          `SCALEKIT_CLIENT_ID=${clientId}`,
          'SCALEKIT_CLIENT_SECRET=<retrieve from dashboard>',
          '',
          'Active secrets (identify by suffix):',
          '  None',
          '',
          'To get your SCALEKIT_CLIENT_SECRET, visit:',
          `https://app.scalekit.com > select "${name}" > Settings > API Credentials`,
        ].join('\n');
      },
    },
    list_environment_scopes: {
      description: 'List all scopes in the specified environment.',
      shape: { environmentId },
      // It says the same when it could not fetch them.
      failure: 'No scopes found for this environment.',
      run: (args) => {
        const { scopes } = environmentOf(args);
        const lines = scopes.map(({ name, description }) => `Name: ${name}\nDescription: ${description}\n`);
        return lines.length > 0
          ? `Available scopes:\n${lines.join('\n')}`
          : 'No scopes found for this environment.';
      },
    },
    create_environment_scope: {
      description: 'Create a new scope in the specified environment.',
      shape: {
        environmentId,
        scopeName: z.string().min(1, 'Scope name is required'),
        description: z.string().optional().default(''),
      },
      failure:
        'Failed to create scope. Please check if the environment is correctly set or if this scope already exist or try again later.',
      run: (args) => {
        const { scopes } = environmentOf(args);
        const name = String(args.scopeName ?? args.scope_name);
        if (scopes.some((scope) => scope.name === name)) throw new Error('409');
        const scope = { name, description: String(args.description) };
        if (!switches.createsNothing) scopes.push(scope);
        return `Scope created successfully:\nName: ${scope.name}\nDescription: ${scope.description}`;
      },
    },
    list_mcp_servers: {
      description: 'List all MCP servers in the specified environment.',
      shape: { environmentId, pageToken: z.string().optional().default('') },
      failure: 'Failed to fetch MCP servers. Please try again later.',
      run: (args) => {
        const { items, next } = page(
          environmentOf(args).servers,
          args.pageToken ?? args.page_token,
          switches,
        );
        if (items.length === 0) return 'No registered MCP servers found.';
        const entries = items.map((server, index) =>
          [
            `#${index + 1}`,
            `Name: ${server.name}`,
            `ID: ${server.id}`,
            `Resource ID: ${server.url}`,
            `Description: ${server.description || 'N/A'}`,
            `Access Token Expiry: ${server.accessTokenExpiry}`,
            `Using Scalekit Authentication: ${server.provider === '' ? 'Yes' : 'No'}`,
            ...(server.provider === '' ? [] : [`Provider: ${server.provider}`]),
          ].join(', '),
        );
        const more = next === undefined ? '' : `\n\nNext Page Token: ${next}`;
        return `Registered MCP Servers:\n${entries.join('\n\n')}${more}`;
      },
    },
    register_mcp_server: {
      description: 'Register a new MCP server in the specified environment.',
      shape: {
        environmentId,
        name: z.string().min(1, 'Name is required'),
        description: z.string().optional().default(''),
        mcpServerUrl: z.string().min(1, 'MCP Server URL is required'),
        accessTokenExpiry: z.number().int().min(1, 'Access token expiry must be a positive integer'),
        provider: z.string().optional().default(''),
        useScalekitAuthentication: z.boolean(),
      },
      failure:
        'Failed to register mcp server. Please try again. check if the server is already registered or try again later.',
      run: (args) => registerServer(workspace, environmentOf(args), args),
    },
    // Here so that a call of it is seen: with a URL it would turn the server into a web application.
    update_mcp_server: {
      description: 'Update an existing MCP server in the specified environment.',
      shape: { environmentId, id: z.string(), mcpServerUrl: z.string().optional() },
      failure: 'Failed to update mcp server. Please try again.',
      run: ({ id }) => `MCP server "${id}" has been successfully updated.`,
    },
  };
}

async function registerServer(workspace: Workspace, environment: Environment, args: Args): Promise<string> {
  const { switches } = workspace;
  const url = String(args.mcpServerUrl ?? args.mcp_server_url);
  if (!URL.canParse(url)) return `Invalid URL(s) passed: ${url}`;
  const id = workspace.nextId();
  const name = String(args.name);
  const { origin } = new URL(url);
  await switches.hold;
  if (!switches.registersNothing) {
    const server = { id, name, url, description: '', provider: '', accessTokenExpiry: 3600 };
    await environment.register(server, !switches.silentMetadata);
  }
  if (switches.registersAndFails) throw new Error('500');
  const said = switches.wrongId ? workspace.nextId() : id;
  // The path is lost, and no authorization server is there (docs/scalekit.md#registering-a-server).
  const resourceMetadata = {
    resource: origin,
    authorization_servers: [`${origin}/.well-known/oauth-authorization-server`],
    bearer_methods_supported: ['header'],
    resource_documentation: `${origin}/docs`,
    scopes_supported: environment.scopes.map((scope) => scope.name),
  };
  return `MCP server "${name}" with id ${said} has been successfully registered with resourceMetadata: ${JSON.stringify(resourceMetadata)}. To get oauth-authorization-server metadata data, fetch it from Fetch the oauth-authorization-server details from https://${environment.domain}/resources/${said}/.well-known/oauth-authorization-server`;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function shapeOf(name: string, { shape }: Definition, { schema }: Switches): Record<string, z.ZodType> {
  if (schema === 'renamed')
    return Object.fromEntries(Object.entries(shape).map(([key, type]) => [snakeCase(key), type]));
  if (schema === 'no-environment') {
    const { environmentId: _, ...rest } = shape;
    return rest;
  }
  return schema === 'unknown-argument' && name === 'register_mcp_server'
    ? { ...shape, region: z.string() }
    : shape;
}

/** @returns Scalekit's MCP server in its present state; each request gets one of its own. */
export function makeServer(workspace: Workspace): McpServer {
  const { switches } = workspace;
  const server = new McpServer({ name: 'scalekit', version: '1.0.0' });
  for (const [name, definition] of Object.entries(definitions(workspace))) {
    if (switches.gone.includes(name)) continue;
    const { description, failure, run } = definition;
    const inputSchema = shapeOf(name, definition, switches);
    server.registerTool(name, { description, inputSchema }, async (args: Args) => {
      workspace.calls.push({ tool: name, args });
      const text = await answer(name, args, { failure, run, switches });
      return { content: [{ type: 'text' as const, text }] };
    });
  }
  return server;
}

async function answer(
  name: string,
  args: Args,
  { failure, run, switches }: Pick<Definition, 'failure' | 'run'> & { switches: Switches },
): Promise<string> {
  if (switches.failing.includes(name)) return failure;
  try {
    const text = await run(args);
    return switches.reworded[name] ?? text;
  } catch {
    return failure;
  }
}
