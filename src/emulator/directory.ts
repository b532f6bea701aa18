import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the local Scalekit keeps its key and its clients between runs: state in the sense of the XDG Base Directory
 * Specification, `%LOCALAPPDATA%` on Windows. One folder for all projects of a person.
 * @param env the environment; `XDG_STATE_HOME` counts only when absolute, as the specification asks.
 */
export function emulatorDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'win32')
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'scalekit-mcp');
  const state = env.XDG_STATE_HOME;
  return join(state?.startsWith('/') ? state : join(homedir(), '.local', 'state'), 'scalekit-mcp');
}
