import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import xterm from '@xterm/headless';
import type { Need } from '../support/needs.ts';
import { registryEnvironment } from '../support/registry.ts';

/** BSD's and macOS's `script` takes other options. */
export const pseudoTerminals: Need = {
  what: 'pseudo-terminals by util-linux’s script',
  present: process.platform === 'linux' && existsSync('/usr/bin/script'),
  install: 'apt-get install bsdutils',
};

/** A real terminal: a pseudo-terminal made by `script` (util-linux), shown on a headless xterm. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly #xterm: InstanceType<typeof xterm.Terminal>;
  readonly #exit: Promise<number>;
  #waiting: Array<() => void> = [];

  constructor(command: string, options: { cwd: string; env?: Record<string, string>; columns?: number }) {
    const { columns = 100 } = options;
    this.#xterm = new xterm.Terminal({ cols: columns, rows: 60, scrollback: 500, allowProposedApi: true });
    const size = `stty cols ${columns} rows 60`;
    this.#child = spawn('script', ['-qefc', `${size}; exec ${command}`, '/dev/null'], {
      cwd: options.cwd,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TERM: 'xterm-256color',
        ...registryEnvironment(),
        ...options.env,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // Answers the terminal queries of programs, such as for the cursor's position.
    this.#xterm.onData((data) => this.#child.stdin?.write(data));
    // By then the last output is on the screen.
    this.#exit = once(this.#child, 'close').then(async ([code]) => {
      await new Promise<void>((shown) => this.#xterm.write('', shown));
      return Number(code);
    });
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#xterm.write(data, () => {
        for (const wake of this.#waiting.splice(0)) wake();
      });
    });
    void this.#exit.then(() => {
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** What a person would have seen, scrolled-off lines included. */
  screen(): string {
    const buffer = this.#xterm.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  }

  /** The screen itself, cell by cell, scrolled-off lines included. */
  get buffer(): InstanceType<typeof xterm.Terminal>['buffer']['active'] {
    return this.#xterm.buffer.active;
  }

  /** Whether anything on the screen is coloured, bold or dim. */
  isStyled(): boolean {
    const buffer = this.#xterm.buffer.active;
    for (let row = 0; row < buffer.length; row += 1)
      for (let column = 0; column < this.#xterm.cols; column += 1) {
        const cell = buffer.getLine(row)?.getCell(column);
        if (cell !== undefined && (!cell.isFgDefault() || cell.isBold() !== 0 || cell.isDim() !== 0))
          return true;
      }
    return false;
  }

  /** What a mouse would copy: lines that the terminal has wrapped are one again. */
  copied(): string {
    const buffer = this.#xterm.buffer.active;
    let text = '';
    for (let row = 0; row < buffer.length; row += 1) {
      const line = buffer.getLine(row);
      text += `${row > 0 && !line?.isWrapped ? '\n' : ''}${line?.translateToString(!buffer.getLine(row + 1)?.isWrapped)}`;
    }
    return text;
  }

  /** Waits until a text is on the screen. */
  async see(text: string | RegExp, within = 10_000): Promise<void> {
    const found = () => (typeof text === 'string' ? this.screen().includes(text) : text.test(this.screen()));
    let over: string | undefined;
    const wake = () => {
      for (const each of this.#waiting.splice(0)) each();
    };
    void this.#exit.then(() => {
      over = 'The program ended';
    });
    const deadline = setTimeout(() => {
      over = `${within} ms went by`;
      wake();
    }, within);
    while (!found()) {
      if (over !== undefined)
        throw new Error(`${over} before it showed ${text}. The screen:\n${this.screen()}`);
      await new Promise<void>((seen) => this.#waiting.push(seen));
    }
    clearTimeout(deadline);
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** @returns the exit code, when the program has ended. */
  exit(): Promise<number> {
    return this.#exit;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}

export const keys = {
  enter: '\r',
  up: '\u001b[A',
  down: '\u001b[B',
  escape: '\u001b',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  /** Ctrl-U: clears the line. */
  clear: '\u0015',
};
