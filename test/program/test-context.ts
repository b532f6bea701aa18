import { PassThrough, Readable } from 'node:stream';
import type { Context } from '../../src/terminal/context.ts';

/** @returns all that was written to a stream. From Node 26 on `read` gives one piece of it at a time. */
export function writtenTo(stream: PassThrough): string {
  let text = '';
  for (let piece = stream.read(); piece !== null; piece = stream.read()) text += piece;
  return text;
}

/** A context made from fixed values, which records what is written to it. */
export function testContext(changes: { cwd?: string; env?: Context['env']; input?: string } = {}): {
  context: Context;
  written: () => { stdout: string; stderr: string };
} {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const text = { stdout: '', stderr: '' };
  stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const context: Context = {
    env: changes.env ?? {},
    cwd: changes.cwd ?? '/nowhere',
    stdin: Readable.from(changes.input === undefined ? [] : [changes.input]),
    stdout,
    stderr,
    signal: new AbortController().signal,
  };
  return { context, written: () => text };
}
