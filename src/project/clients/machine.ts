import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Machine } from './client.ts';

/** @returns the machine that we run on, for the person with this environment. */
export function thisMachine(env: Machine['env'], platform: NodeJS.Platform = process.platform): Machine {
  const home = (platform === 'win32' ? env.USERPROFILE : env.HOME) || homedir();
  return { platform, env, home };
}

/** For files in a project, whose paths have slashes on every system and do not depend on a person. */
export const inProject: Machine = { platform: 'linux', env: {}, home: '' };

/** Joins a path as the machine's system does. */
export function pathOn(machine: Pick<Machine, 'platform'>, ...parts: readonly string[]): string {
  return (machine.platform === 'win32' ? win32 : posix).join(...parts);
}

/** @returns a path in the person's home folder. */
export function inHome(machine: Machine, ...parts: readonly string[]): string {
  return pathOn(machine, machine.home, ...parts);
}

/** @returns the folder that a variable names, or the one in the home folder that is used without it. */
export function folderOf(machine: Machine, variable: string, ...inHomeFolder: readonly string[]): string {
  return machine.env[variable] || inHome(machine, ...inHomeFolder);
}

/** @returns a path where desktop programs built on Electron keep their settings (its `appData`). */
export function inApplicationData(machine: Machine, ...parts: readonly string[]): string {
  const { platform } = machine;
  if (platform === 'darwin') return inHome(machine, 'Library', 'Application Support', ...parts);
  const folder =
    platform === 'win32'
      ? folderOf(machine, 'APPDATA', 'AppData', 'Roaming')
      : folderOf(machine, 'XDG_CONFIG_HOME', '.config');
  return pathOn(machine, folder, ...parts);
}
