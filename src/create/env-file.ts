import type { EnvFile } from '../project/env-file.ts';
import { setVariables } from '../project/env-text.ts';
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

/** What somebody else has to fill in: real values are each environment's own. */
const placeholders: Readonly<Partial<Record<VariableName, string>>> = {
  SCALEKIT_ENVIRONMENT_URL: 'https://your-env.scalekit.dev',
  SCALEKIT_CLIENT_ID: 'skc_your_client_id',
  SCALEKIT_RESOURCE_ID: 'res_your_resource_id',
};

/** What else the server reads (`src/protect/` of the template): name, an example or the default, what it is. */
const optional = [
  [
    'HOST',
    '0.0.0.0',
    'The address to listen on. Unset: this machine only where MCP_URL leads to it, all addresses elsewhere.',
  ],
  ['ALLOWED_HOSTS', 'internal.example.com', "Host names to serve beside MCP_URL's, separated by commas."],
  ['ALLOWED_ORIGINS', 'https://app.example.com', 'Web pages that may call this server from a browser.'],
  ['TRUSTED_PROXIES', '0', 'How many proxies of yours are in front and add to X-Forwarded-For.'],
  ['TOOL_CALLS_PER_MINUTE', '600', 'How often one user may call tools; 0 for no limit.'],
  ['REFUSED_TOKENS_PER_MINUTE', '1000', 'How many bad tokens one address may send; 0 for no limit.'],
  ['LOG_FORMAT', 'json', 'json or text. Unset: text in a terminal, json elsewhere.'],
] as const;

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
export function envFile(answers: Answers, existing?: EnvFile): string | Uint8Array {
  const variables = variablesOf(answers);
  if (existing === undefined) {
    const heading =
      answers.scalekit === undefined
        ? '# The local Scalekit, which `scalekit-mcp dev` starts. .env.example says what each line is.'
        : '# Not for git. .env.example says what each line is.';
    return `${[heading, ...variableNames.map((name) => `${name}=${variables[name]}`)].join('\n')}\n`;
  }
  return existing.encode(setVariables(existing.text, variables));
}

/**
 * `.env.example`: what a colleague copies to `.env`. The local Scalekit's values are the same everywhere and work as they
 * are; those of a real environment are for filling in.
 */
export function envExample(answers: Answers): string {
  const local = answers.scalekit === undefined;
  const heading = local
    ? '# Copy this file to .env. It is for the local Scalekit, which `scalekit-mcp dev` starts: it works as it is.'
    : '# Copy this file to .env and fill it in.';
  const values = { ...variablesOf(answers), ...(local ? {} : placeholders) };
  const required = variableNames.map((name) => `# ${comments[name]}\n${name}=${values[name]}\n`);
  const others = optional.map(([name, value, comment]) => `# ${comment}\n# ${name}=${value}\n`);
  return [
    `${heading}\n# The environment outranks .env.\n`,
    ...required,
    '# What follows need not be set.\n',
    ...others,
  ].join('\n');
}
