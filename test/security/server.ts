import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { type Emulator, type EmulatorOptions, type Faults, startEmulator } from '../../src/emulator/index.ts';
import { serverUrls } from '../../src/scalekit/index.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';
import { keySource, readKey, type TokenSource } from './attack/sources.ts';
import { describeTarget } from './attack/target.ts';
import type { Target } from './attack/types.ts';

/** What a test changes in a running server: Node's own options, and variables that python/sitecustomize.py reads. */
export interface Altered {
  readonly node: readonly string[];
  readonly python: Readonly<Record<string, string>>;
}

export interface ServerSettings {
  /** Added to PORT and the five variables of Scalekit; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The Node.js to run it with; default ours. */
  readonly node?: string;
  /** How it differs from what its owner runs. */
  readonly altered?: Altered;
  readonly port?: number;
}

/** Listens with a program that does not speak HTTP until the test has finished. @returns its port. */
export async function occupyPort({ onTestFinished }: TestContext, host: string): Promise<number> {
  const other = createServer((socket) => {
    // Whoever finds no HTTP here may hang up first.
    socket.on('error', () => {}).end('not http\n');
  }).listen(0, host);
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  return (other.address() as AddressInfo).port;
}

/** Turns the limits off, for tests that send more than any user should. */
export const unlimited = {
  REQUESTS_PER_MINUTE: '0',
  TOOL_CALLS_PER_MINUTE: '0',
  REFUSED_TOKENS_PER_MINUTE: '0',
} as const;

/** A generated server as its owner runs it: a process of its own. */
export class RunningServer {
  readonly program: Program;
  readonly port: number;
  readonly endpoint: string;
  readonly ready: string;

  constructor(program: Program, port: number) {
    this.program = program;
    this.port = port;
    const urls = serverUrls(`http://localhost:${port}/`);
    this.endpoint = urls.endpoint;
    this.ready = urls.ready;
  }

  /** Waits until it listens. */
  async listening(): Promise<this> {
    // Python takes seconds to load FastMCP, and many more on a busy machine.
    await this.program.says(/\blistening\b/, 60_000);
    return this;
  }

  /** Waits until it listens and has its keys. */
  async whenReady(): Promise<this> {
    await this.listening();
    await until('the server is ready', async () => (await fetch(this.ready)).ok);
    return this;
  }

  /** The lines of its log. */
  get log(): ReadonlyArray<Record<string, unknown>> {
    return this.program.stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async stop(): Promise<void> {
    await this.program.kill();
  }
}

/** @returns what runs a project's server, in any folder. */
export function programOf(
  project: string,
  { node = process.execPath, altered }: Pick<ServerSettings, 'node' | 'altered'> = {},
): [command: string, args: readonly string[]] {
  const python = join(project, '.venv/bin/python');
  if (existsSync(python)) return [python, [join(project, 'server.py')]];
  return [node, [...(altered?.node ?? []), join(project, 'dist', 'src', 'main.js')]];
}

/** Starts a generated project's server; `listening()` or `whenReady()` waits for it. */
export async function startServer(
  project: string,
  emulator: Pick<Emulator, 'url' | 'resourceId' | 'clientId'>,
  settings: ServerSettings = {},
): Promise<RunningServer> {
  const port = settings.port ?? (await freePort());
  const { altered } = settings;
  const python = altered && { ...altered.python, PYTHONPATH: join(import.meta.dirname, 'python') };
  const program = new Program(...programOf(project, settings), {
    cwd: project,
    env: {
      ...python,
      PORT: String(port),
      SCALEKIT_ENVIRONMENT_URL: emulator.url,
      SCALEKIT_CLIENT_ID: emulator.clientId,
      SCALEKIT_RESOURCE_ID: emulator.resourceId,
      MCP_URL: `http://localhost:${port}/`,
      LOG_FORMAT: 'json',
      ...settings.env,
    },
  });
  return new RunningServer(program, port);
}

/** A local Scalekit and a generated server that trusts it, which may not be listening yet. */
export interface Pair {
  readonly emulator: Emulator;
  readonly server: RunningServer;
}

/** Starts a pair. @param faults of the local Scalekit, from the start. */
export async function startPair(
  project: string,
  settings: ServerSettings = {},
  faults: Faults = {},
): Promise<Pair & { stop(): Promise<void> }> {
  const port = settings.port ?? (await freePort());
  const emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
  emulator.fault(faults);
  const server = await startServer(project, emulator, { ...settings, port });
  const stop = async () => {
    await server.stop();
    await emulator.close();
  };
  return { emulator, server, stop };
}

/** A local Scalekit, a generated server that trusts it, and the key to sign any token with. */
export interface Ground {
  readonly emulator: Emulator;
  readonly server: RunningServer;
  readonly target: Target;
  readonly source: TokenSource;
  close(): Promise<void>;
}

export async function prepareGround(
  project: string,
  settings: ServerSettings = {},
  options: EmulatorOptions = {},
): Promise<Ground> {
  const keyDirectory = options.keyDirectory ?? (await makeDirectory());
  const port = settings.port ?? (await freePort());
  const emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/`, ...options, keyDirectory });
  const server = await startServer(project, emulator, { ...settings, port });
  const close = async () => {
    await server.stop();
    await emulator.close();
    if (options.keyDirectory === undefined) await removeDirectory(keyDirectory);
  };
  try {
    await server.whenReady();
    const target = await describeTarget(server.endpoint, emulator.url);
    const source = await keySource(target, await readKey(join(keyDirectory, 'signing-key.json')));
    return { emulator, server, target, source, close };
  } catch (error) {
    await close();
    throw error;
  }
}
