import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Need } from '../../support/needs.ts';

function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** What is needed to isolate programs. */
export const isolationNeeds: readonly Need[] = [
  {
    what: 'unshare and nsenter',
    present: process.platform === 'linux' && onPath('unshare') && onPath('nsenter'),
    install: 'apt-get install util-linux',
  },
  { what: 'ip', present: onPath('ip') || existsSync('/sbin/ip'), install: 'apt-get install iproute2' },
];

/** @returns which network a process is in, or undefined if it has ended. */
function networkOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/**
 * A network with nothing but loopback, for programs to run in: a network namespace, kept open by a process that waits for its
 * stdin to end. All ports of it are free.
 */
export class Isolation {
  readonly #keeper: ChildProcess;
  readonly #enter: readonly string[];

  private constructor(keeper: ChildProcess, isRoot: boolean) {
    this.#keeper = keeper;
    const own = isRoot ? [] : ['-U', '--preserve-credentials'];
    this.#enter = ['-t', String(keeper.pid), '-n', ...own];
  }

  /** @throws Error with the system's message, if it does not allow that. */
  static async open(): Promise<Isolation> {
    const isRoot = process.getuid?.() === 0;
    const script = 'PATH=$PATH:/sbin:/usr/sbin; ip link set lo up && echo open && exec cat';
    const keeper = spawn('unshare', [isRoot ? '-n' : '-rn', 'sh', '-c', script], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    keeper.stderr.on('data', (text) => {
      said += String(text);
    });
    const opened = once(keeper.stdout, 'data');
    const ended = once(keeper, 'exit').then(() => {
      throw new Error(`No network of its own for the programs under test: ${said}`);
    });
    await Promise.race([opened, ended]);
    ended.catch(() => {});
    return new Isolation(keeper, isRoot);
  }

  /** The processes inside, the keeper included: a process cannot leave by itself, even if its parent is gone. */
  #inside(): readonly number[] {
    const own = networkOf(this.#keeper.pid ?? 0);
    if (own === undefined || own === networkOf('self')) return [];
    const pids = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    return pids.filter((pid) => networkOf(pid) === own);
  }

  /** @returns the command that runs another inside. */
  command(command: string, args: readonly string[]): readonly [string, readonly string[]] {
    return ['nsenter', [...this.#enter, command, ...args]];
  }

  /** Ends every program that still runs inside, and gives the network up. */
  async close(): Promise<void> {
    const isOver = this.#keeper.exitCode !== null || this.#keeper.signalCode !== null;
    const ended = isOver ? undefined : once(this.#keeper, 'exit');
    for (const pid of this.#inside()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    await ended;
  }
}
