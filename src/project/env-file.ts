import { Buffer, isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { isUtf16, utf16Problem } from '../scalekit/env-encoding.ts';
import { systemCode, UserError } from '../terminal/errors.ts';
import { inWords } from '../terminal/machine-error.ts';

/** The text of an env file, and a way to write it back so that what was not edited stays byte for byte. */
export interface EnvFile {
  readonly text: string;
  encode(text: string): Uint8Array;
}

/** Why a file cannot be read as an env file. The message follows the file's name in a sentence. */
export class UnreadableEnv extends Error {}

/**
 * @returns the text of an env file. Bytes that are not UTF-8 (a comment in Latin-1) survive unchanged.
 * @throws UnreadableEnv for UTF-16, which no program reads as an env file.
 */
export function decodeEnv(bytes: Uint8Array): EnvFile {
  if (isUtf16(bytes)) throw new UnreadableEnv(utf16Problem);
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  return {
    text: Buffer.from(bytes).toString(encoding),
    encode: (text) => Buffer.from(text, encoding),
  };
}

/**
 * Reads a `.env`.
 * @returns undefined if there is none: a container sets the environment itself.
 * @throws UserError naming the file, and why it cannot be read.
 */
export function readEnvFile(path: string): EnvFile | undefined {
  try {
    return decodeEnv(readFileSync(path));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof UnreadableEnv)
      throw new UserError(`${path} ${error.message}.`, { code: 'env/utf-16' });
    if (code === undefined) throw error;
    throw new UserError(`${path} cannot be read: ${inWords(code)}.`, {
      code: 'env/unreadable',
      next: 'make it a file that this user can read; .env.example has what belongs in it',
      cause: error,
    });
  }
}
