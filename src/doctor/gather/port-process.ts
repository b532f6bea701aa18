import { readFile, readlink } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { portOwner } from '../../project/ports.ts';
import { askProgram } from '../../project/quick-program.ts';
import { printable } from '../../scalekit/index.ts';
import type { PortOwner } from '../facts/index.ts';

async function run(program: string, args: readonly string[]): Promise<string> {
  return (await askProgram(program, args)).stdout;
}

/** Where a process was started, and with what. */
type Started = Pick<PortOwner, 'directory' | 'commandLine'>;

async function onLinux(pid: string): Promise<Started> {
  const [directory, words] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => undefined),
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
  ]);
  const commandLine = words.split('\0').join(' ').trim();
  return { ...(directory && { directory }), ...(commandLine && { commandLine }) };
}

async function onMac(pid: string): Promise<Started> {
  const [files, command] = await Promise.all([
    run('lsof', ['-a', '-p', pid, '-d', 'cwd', '-Fn']),
    run('ps', ['-p', pid, '-o', 'command=']),
  ]);
  const directory = /^n(.+)$/m.exec(files)?.[1];
  const commandLine = command.trim();
  return { ...(directory && { directory }), ...(commandLine && { commandLine }) };
}

/** Windows tells the command line, but not the folder. */
async function onWindows(
  port: number,
): Promise<{ readonly name: string; readonly started: Started } | undefined> {
  const script = `$p = (Get-NetTCPConnection -State Listen -LocalPort ${port} -ErrorAction SilentlyContinue | Select-Object -First 1).OwningProcess; if ($p) { Get-CimInstance Win32_Process -Filter "ProcessId=$p" | ForEach-Object { "$($_.Name)|$($_.ProcessId)|$($_.CommandLine)" } }`;
  const [name, pid, ...command] = (await run('powershell', ['-NoProfile', '-Command', script]))
    .trim()
    .split('|');
  if (name === undefined || pid === undefined) return undefined;
  return { name: `${name} (process ${pid})`, started: { commandLine: command.join('|') } };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === '' || (!way.startsWith('..') && !/^[a-z]:/i.test(way));
}

/** Started in the project, or in a folder above it from which it was named (`uvicorn --app-dir`, a workspace). */
function isOwn({ directory, commandLine = '' }: Started, project: string): boolean {
  if (directory !== undefined && isInside(project, directory)) return true;
  return commandLine.includes(resolve(project));
}

/**
 * @param project the folder that is examined.
 * @returns which program listens on a port of this machine, and whether it is the project's, if that can be seen.
 */
export async function ownerOf(port: number, project: string): Promise<PortOwner | undefined> {
  const onWin = process.platform === 'win32' ? await onWindows(port) : undefined;
  const name = onWin?.name ?? (await portOwner(port));
  if (name === undefined) return undefined;
  const pid = /process (\d+)/.exec(name)?.[1] ?? '';
  const started = onWin?.started ?? (await (process.platform === 'linux' ? onLinux(pid) : onMac(pid)));
  const { directory, commandLine } = started;
  return {
    name,
    ...(directory === undefined ? {} : { directory: printable(directory) }),
    // A command line may contain a password: it is masked like everything else, and truncated.
    ...(commandLine === undefined ? {} : { commandLine: printable(commandLine, 160) }),
    isOwn: isOwn(started, project),
  };
}
