import { dirname } from 'node:path';
import {
  type Checked,
  checkEnvironmentUrl,
  checkMcpUrl,
  checkPort,
  checkResourceId,
  defaultPort,
} from '../scalekit/index.ts';
import { UserError } from '../terminal/errors.ts';
import { readEnvFile } from './env-file.ts';
import { variablesIn } from './env-text.ts';
import { languageIn } from './layout.ts';

/** The valid settings in `.env` and the environment. The server itself reports invalid ones when it starts. */
export interface Settings {
  readonly port: number;
  readonly environmentUrl: string | undefined;
  readonly resourceId: string | undefined;
  readonly mcpUrl: string | undefined;
  /** The format of the server's log; undefined if it is not set. */
  readonly logFormat: string | undefined;
  /** How long the server keeps serving after SIGTERM, in seconds as text; undefined if it is not set. */
  readonly drainSeconds: string | undefined;
}

/** @returns what an env file sets, by the rules of its project's language. */
function variablesOf(environmentFile: string, env: Readonly<Record<string, string | undefined>>) {
  const rules = languageIn(dirname(environmentFile)) === 'python' ? 'python' : 'node';
  return variablesIn(readEnvFile(environmentFile)?.text ?? '', rules, env);
}

/**
 * Reads the variables of a project as its server will: the process environment first, then `.env`. No other file
 * is read (no `.env.local`), and `.env` may be missing, as in a container.
 * @param environmentFile the project's `.env`.
 * @throws UserError if the file cannot be read.
 */
export function readSettings(
  environmentFile: string,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const variables = { ...variablesOf(environmentFile, env), ...env };
  const right = <T>(check: (text: string) => Checked<T>, text: string | undefined) => {
    const checked = check(text ?? '');
    return checked.ok ? checked.value : undefined;
  };
  return {
    port: right(checkPort, variables.PORT) ?? defaultPort,
    environmentUrl: right(checkEnvironmentUrl, variables.SCALEKIT_ENVIRONMENT_URL),
    resourceId: right(checkResourceId, variables.SCALEKIT_RESOURCE_ID),
    mcpUrl: right(checkMcpUrl, variables.MCP_URL),
    logFormat: variables.LOG_FORMAT,
    drainSeconds: variables.DRAIN_SECONDS,
  };
}

/** What a server needs to start. */
export interface RequiredSettings {
  readonly port: number;
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly mcpUrl: string;
  /** Everything that `.env` sets. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Reads a project's `.env` alone, for a server that is started with exactly these variables.
 * @throws UserError naming the first variable that the server would refuse, or why the file cannot be read.
 */
export function requireSettings(environmentFile: string): RequiredSettings {
  const variables = variablesOf(environmentFile, {});
  const require = <T>(check: (text: string) => Checked<T>, text: string): T => {
    const checked = check(text);
    if (checked.ok) return checked.value;
    const { reason, actual, expected, code } = checked.problem;
    throw new UserError(`.env: ${reason}${actual === '' ? '' : ` (${actual})`}. Expected: ${expected}`, {
      code,
    });
  };
  return {
    port: require(checkPort, variables.PORT || String(defaultPort)),
    environmentUrl: require(checkEnvironmentUrl, variables.SCALEKIT_ENVIRONMENT_URL ?? ''),
    resourceId: require(checkResourceId, variables.SCALEKIT_RESOURCE_ID ?? ''),
    mcpUrl: require(checkMcpUrl, variables.MCP_URL ?? ''),
    variables,
  };
}
