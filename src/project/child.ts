import { type ChildProcess, spawn } from 'node:child_process';
import { printable } from '../scalekit/index.ts';

/** How long a child may take to end by itself once it was asked to. */
const patience = 5000;

/** A program that was started, and what it has said so far. */
export interface Child {
  /** Resolves when it has ended: its exit code, or null where a signal ended it. Never rejects. */
  readonly ended: Promise<number | null>;
  /** The last lines of what it wrote, masked and safe to print. */
  output(): string;
  /** Ends it and waits for its end. */
  stop(): Promise<void>;
}

/** Keeps the end of what a program says: enough to show why it failed. */
function keepOutput(child: ChildProcess): () => string {
  let text = '';
  const take = (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-8000);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return () =>
    text
      .trim()
      .split('\n')
      .slice(-12)
      .map((line) => printable(line.trimEnd()))
      .join('\n');
}

/**
 * Starts a JavaScript program with this Node.
 * @param args the program and its arguments.
 * @param env its whole environment.
 */
export function startNode(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Child {
  const child = spawn(process.execPath, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = keepOutput(child);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', () => resolve(null));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), patience);
    await ended;
    clearTimeout(timer);
  };
  return { ended, output, stop };
}

/** Waits until a child has ended. @throws what aborted the signal, after the child has been ended. */
export async function untilEnded(child: Child, signal: AbortSignal): Promise<number | null> {
  const stop = () => void child.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) await child.stop();
    const exitCode = await child.ended;
    signal.throwIfAborted();
    return exitCode;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
