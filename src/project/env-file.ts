import { emulatorPort, localIdentifiers, type VariableName, variableNames } from '../scalekit/index.ts';
import type { Answers } from './answers.ts';

/** What `.env.example` says of each variable. */
const comments: Readonly<Record<VariableName, string>> = {
  PORT: 'The port that the server listens on.',
  SCALEKIT_ENVIRONMENT_URL:
    'Your Scalekit environment (Dashboard > Settings), without a path. On localhost: the local Scalekit of `scalekit-mcp dev`.',
  SCALEKIT_CLIENT_ID: "The environment's client id (Dashboard > Settings > API credentials): skc_…",
  SCALEKIT_RESOURCE_ID: 'The id of this MCP server (Dashboard > MCP Servers): res_…',
  MCP_URL:
    'The public base URL of this server, as in the dashboard: with a trailing slash, without /mcp. https in production.',
};

const placeholders: Readonly<Record<VariableName, string>> = {
  PORT: '3002',
  SCALEKIT_ENVIRONMENT_URL: 'https://your-env.scalekit.dev',
  SCALEKIT_CLIENT_ID: 'skc_your_client_id',
  SCALEKIT_RESOURCE_ID: 'res_your_resource_id',
  MCP_URL: 'http://localhost:3002/',
};

/** @returns where the local Scalekit of a project answers. */
export function emulatorUrl(port: number): string {
  return `http://localhost:${emulatorPort(port)}`;
}

/** @returns the variables of a project, in the order of `.env`. */
export function variablesOf(answers: Answers): Readonly<Record<VariableName, string>> {
  const scalekit = answers.scalekit ?? { environmentUrl: emulatorUrl(answers.port), ...localIdentifiers };
  return {
    PORT: String(answers.port),
    SCALEKIT_ENVIRONMENT_URL: scalekit.environmentUrl,
    SCALEKIT_CLIENT_ID: scalekit.clientId,
    SCALEKIT_RESOURCE_ID: scalekit.resourceId,
    MCP_URL: answers.mcpUrl,
  };
}

/**
 * `.env`. None of the values can need quoting: they are numbers, URLs and identifiers, each checked.
 * @param existing the `.env` that a project has already, whose other variables, comments and order are kept.
 */
export function envFile(answers: Answers, existing?: string): string {
  const variables = variablesOf(answers);
  if (existing === undefined) {
    const heading =
      answers.scalekit === undefined
        ? '# The local Scalekit, which `scalekit-mcp dev` starts. .env.example says what each line is.'
        : '# Not for git. .env.example says what each line is.';
    return `${[heading, ...variableNames.map((name) => `${name}=${variables[name]}`)].join('\n')}\n`;
  }
  const rest = new Set<VariableName>(variableNames);
  const kept = existing.split(/\r?\n/).map((line) => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] as VariableName | undefined;
    return name !== undefined && rest.delete(name) ? `${name}=${variables[name]}` : line;
  });
  while (kept.at(-1) === '') kept.pop();
  return `${[...kept, ...[...rest].map((name) => `${name}=${variables[name]}`)].join('\n')}\n`;
}

/** `.env.example`: what to fill in, and where to find it. */
export function envExample(): string {
  const lines = variableNames.map((name) => `# ${comments[name]}\n${name}=${placeholders[name]}\n`);
  return `# Copy this file to .env and fill it in. The environment outranks .env.\n\n${lines.join('\n')}`;
}
