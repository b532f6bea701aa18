import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What a program answered. */
export interface Reply {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A running program that exchanges lines of JSON with ids over stdin and stdout: JSON-RPC, or nearly. */
export class Conversation {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<unknown, (reply: Reply) => void>();
  readonly #patience: number;
  #lastId = 0;
  /** What it wrote on stderr. */
  said = '';

  /** @param patience how long an answer may take, in ms. */
  constructor(
    command: readonly [string, readonly string[]],
    options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
    patience = 60_000,
  ) {
    this.#patience = patience;
    this.#child = spawn(command[0], command[1], { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr?.on('data', (text) => {
      this.said += String(text);
    });
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line));
    this.#child.once('exit', (code) => {
      for (const settle of this.#waiting.values())
        settle({ error: { message: `It ended with ${code}:\n${this.said}` } });
    });
    // The caller notices the end by the missing answer.
    this.#child.stdin?.on('error', () => {});
  }

  #hear(line: string): void {
    if (!line.startsWith('{')) return;
    const { id, ...reply } = JSON.parse(line) as Reply & { id?: unknown };
    this.#waiting.get(id)?.(reply);
    this.#waiting.delete(id);
  }

  /** Sends a request, and waits for its answer. */
  async ask(method: string, params: unknown = {}): Promise<Reply> {
    const id = ++this.#lastId;
    const answered = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.#write({ jsonrpc: '2.0', id, method, params });
    let patience: NodeJS.Timeout | undefined;
    const late = new Promise<Reply>((resolve) => {
      const message = `No answer to ${method} within ${this.#patience} ms:\n${this.said}`;
      patience = setTimeout(resolve, this.#patience, { error: { message } });
    });
    return Promise.race([answered, late]).finally(() => clearTimeout(patience));
  }

  /** Sends a message that needs no answer. */
  tell(method: string, params?: unknown): void {
    this.#write({ jsonrpc: '2.0', method, params });
  }

  #write(message: unknown): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }
}
