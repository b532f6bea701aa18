import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Need } from '../../support/needs.ts';

function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** What it takes to shut programs in. */
export const isolationNeeds: readonly Need[] = [
  {
    what: 'unshare and nsenter',
    present: process.platform === 'linux' && onPath('unshare') && onPath('nsenter'),
    install: 'apt-get install util-linux',
  },
  { what: 'ip', present: onPath('ip') || existsSync('/sbin/ip'), install: 'apt-get install iproute2' },
];

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

  /** @throws Error with what the system said, where it does not allow that. */
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

  /** @returns the command that runs another inside. */
  command(command: string, args: readonly string[]): readonly [string, readonly string[]] {
    return ['nsenter', [...this.#enter, command, ...args]];
  }

  async close(): Promise<void> {
    this.#keeper.stdin?.end();
    if (this.#keeper.exitCode === null) await once(this.#keeper, 'exit');
  }
}
