import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where our programs keep what belongs to a person and to no project: the local Scalekit its key and its clients, `token` what
 * people have signed in for. State in the sense of the XDG Base Directory Specification; where the system has another place
 * for it, that.
 *
 * @example
 * const scalekit = await startEmulator({ keyDirectory: emulatorDirectory(process.env) });
 * @param env the environment; `XDG_STATE_HOME` counts only when absolute, as the specification asks.
 */
export function stateDirectory(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'win32')
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'scalekit-mcp');
  const state = env.XDG_STATE_HOME;
  if (state?.startsWith('/')) return join(state, 'scalekit-mcp');
  const standard = platform === 'darwin' ? ['Library', 'Application Support'] : ['.local', 'state'];
  return join(env.HOME || homedir(), ...standard, 'scalekit-mcp');
}
