import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, isFree, isListening } from '../../project/ports.ts';
import type { Finished } from '../../project/programs.ts';
import { checkMcpUrl, isLoopback } from '../../scalekit/index.ts';
import type { ProjectFacts, StartFacts } from '../facts/index.ts';
import { startCommand } from '../frameworks.ts';
import { listeningPort, settingOf } from '../settings.ts';
import { exists } from './project/files.ts';
import { environmentsIn } from './project/packages.ts';

/** A project's own server, started with its own command only for this examination (`--start`). */
export interface OwnServer {
  readonly facts: StartFacts;
  /** Where it answers; undefined if it has not come up. */
  readonly port?: number;
  stop(): Promise<void>;
}

/** How long a server may take to listen, in milliseconds. */
const startLimit = 20_000;
/** The most time that an examination may take. */
const longest = 60_000;

/** The project's virtual environment comes before everything else on the PATH, as if it were activated. */
async function withEnvironment(directory: string, path: string): Promise<string> {
  const environments = await environmentsIn(directory);
  const folders = environments.flatMap((name) => ['bin', 'Scripts'].map((bin) => join(directory, name, bin)));
  return [...folders, join(directory, 'node_modules', '.bin'), path].join(delimiter);
}

async function pythonIn(directory: string): Promise<string> {
  for (const name of await environmentsIn(directory))
    for (const program of [join(directory, name, 'bin/python'), join(directory, name, 'Scripts/python.exe')])
      if (await exists(program)) return program;
  return process.platform === 'win32' ? 'python' : 'python3';
}

/** Its own port if that is free; otherwise another, and MCP_URL changes with it if it means this machine. */
async function placeFor(project: ProjectFacts): Promise<{ readonly port: number; readonly isOwn: boolean }> {
  const own = listeningPort(project);
  if (own !== undefined && (await isFree(own))) return { port: own, isOwn: true };
  return { port: await freePort(), isOwn: false };
}

type Environment = Readonly<Record<string, string | undefined>>;

function movedVariables(project: ProjectFacts, port: number): Environment {
  const setting = settingOf(project, 'MCP_URL');
  const checked = checkMcpUrl(setting?.value ?? '');
  const moved = { PORT: String(port), FASTMCP_PORT: String(port) };
  if (setting === undefined || setting.isDerived || !checked.ok || !isLoopback(new URL(checked.value)))
    return moved;
  const url = new URL(setting.value);
  url.port = String(port);
  return { ...moved, [setting.name]: url.href };
}

async function environmentFor(
  project: ProjectFacts,
  directory: string,
  env: Environment,
  { port, isOwn }: { readonly port: number; readonly isOwn: boolean },
): Promise<Environment> {
  return {
    ...env,
    PATH: await withEnvironment(directory, env.PATH ?? ''),
    PYTHONUNBUFFERED: '1',
    ...(isOwn ? {} : movedVariables(project, port)),
  };
}

async function commandFor(
  project: ProjectFacts,
  directory: string,
  port: number,
): Promise<readonly string[]> {
  // uvicorn does not read PORT, so it gets an argument.
  const words = startCommand(project)
    .replace(/^(uvicorn .*--port )\d+$/, `$1${port}`)
    .split(/\s+/);
  const [program = '', ...args] = words;
  return /^python3?$/.test(program) ? [await pythonIn(directory), ...args] : words;
}

/** Waits until one of the ports answers, or the program has ended. */
async function untilListening(
  ports: readonly number[],
  hasEnded: () => boolean,
  signal: AbortSignal,
): Promise<number | undefined> {
  const deadline = Date.now() + startLimit;
  while (Date.now() < deadline && !hasEnded()) {
    for (const port of ports) if (await isListening(port)) return port;
    await delay(50, undefined, { signal });
  }
  return undefined;
}

/** @returns why a program has ended: the last lines of its output, if it wrote any. */
function reasonOf(program: string, { output, absent, exitCode }: Finished): string {
  if (absent) return `spawn ${program} ENOENT`;
  const said = output.trim().split('\n').slice(-14).join('\n');
  return said || `It ended with ${exitCode ?? 'a signal'}, without any output`;
}

/** @returns the ports on which it may listen: a program that does not read its port has its own. */
async function portsOf({ sourcePort }: ProjectFacts, given: number): Promise<readonly number[]> {
  if (sourcePort === undefined) return [given];
  const own = Number(sourcePort.text);
  return own === given || (await isListening(own)) ? [given] : [given, own];
}

/**
 * Starts a project as its own files say, on a free port, and waits until it listens or ends.
 * @throws what aborted the signal; the program is ended first.
 */
export async function startOwn(
  project: ProjectFacts,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<OwnServer> {
  const { runProgram } = await import('../../project/programs.ts');
  const place = await placeFor(project);
  const variables = await environmentFor(project, directory, env, place);
  const command = await commandFor(project, directory, place.port);
  const [program = '', ...args] = command;
  const ports = await portsOf(project, place.port);
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  let ended: string | undefined;
  const run = runProgram(program, args, {
    cwd: directory,
    env: variables,
    signal: either,
    limit: longest,
  }).then(
    (end) => {
      ended = reasonOf(program, end);
    },
    () => {
      ended ??= '';
    },
  );
  const stop = async () => {
    ending.abort(new Error('The examination is over.'));
    await run;
  };
  const shown = startCommand(project);
  const listening = await untilListening(ports, () => ended !== undefined, signal).catch(
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  if (listening !== undefined && ended === undefined) {
    return { facts: { command: shown, port: listening }, port: listening, stop };
  }
  const silent = `It did not listen on port ${ports.join(' or ')} within ${startLimit / 1000} s`;
  const startError = ended ?? silent;
  await stop();
  return { facts: { command: shown, startError, ...(ended === undefined ? { wasSilent: true } : {}) }, stop };
}
