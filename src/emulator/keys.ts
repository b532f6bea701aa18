import { generateKeyPair, type JsonWebKey, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { createPrivateFile, readJsonFile, replacePrivateFile } from '../project/private-files.ts';
import { signingAlgorithm } from '../scalekit/index.ts';

/** An RSA private key as a JWK (RFC 7517) with the same members as Scalekit's keys. */
export type SigningKey = JsonWebKey & {
  readonly kid: string;
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly alg: string;
  readonly use: 'sig';
};

const fileName = 'signing-key.json';
const generate = promisify(generateKeyPair);

/** @returns digits as in Scalekit's identifiers after the prefix. */
export function randomDigits(): string {
  return `${randomInt(1e8, 1e9)}${randomInt(1e8, 1e9)}`;
}

/** Makes a 2048-bit RSA key, which takes 50 to 200 ms. */
async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: `snk_${randomDigits()}`, alg: signingAlgorithm, use: 'sig' } as SigningKey;
}

/** @returns the part of a key that `/keys` publishes. */
export function publicPart({ kid, kty, n, e, alg, use }: SigningKey): Record<string, string> {
  return { use, kty, kid, alg, n, e };
}

function isSigningKey(value: unknown): value is SigningKey {
  const key = value as Partial<SigningKey> | undefined;
  return (
    typeof key === 'object' &&
    key?.kty === 'RSA' &&
    [key.kid, key.n, key.e, key.d].every((part) => typeof part === 'string')
  );
}

/** The emulator's signing keys: the current one, and those that are still published. */
export class KeyRing {
  #current: SigningKey;
  #published: readonly SigningKey[];
  #foreign: Promise<SigningKey> | undefined;
  readonly #directory: string | undefined;

  private constructor(key: SigningKey, directory: string | undefined) {
    this.#current = key;
    this.#published = [key];
    this.#directory = directory;
  }

  /**
   * Opens the key of a directory, or makes one. A file without a valid key is replaced: this is a development key, and the
   * user would only delete the file by hand.
   * @param directory undefined keeps the key in memory.
   */
  static async open(directory: string | undefined): Promise<KeyRing> {
    if (directory === undefined) return new KeyRing(await generateSigningKey(), undefined);
    const stored = await readJsonFile(directory, fileName);
    if (isSigningKey(stored)) return new KeyRing(stored, directory);
    const key = await generateSigningKey();
    if (stored !== undefined) await replacePrivateFile(directory, fileName, key);
    else if (!(await createPrivateFile(directory, fileName, key))) return KeyRing.open(directory);
    return new KeyRing(key, directory);
  }

  get current(): SigningKey {
    return this.#current;
  }

  /** The published keys (RFC 7517, section 5). */
  get published(): readonly Record<string, string>[] {
    return this.#published.map(publicPart);
  }

  /** A key that is never published. */
  foreign(): Promise<SigningKey> {
    this.#foreign ??= generateSigningKey();
    return this.#foreign;
  }

  /** Makes a new current key; the old ones are no longer published unless kept. */
  async rotate(keepOld: boolean): Promise<void> {
    const key = await generateSigningKey();
    if (this.#directory !== undefined) await replacePrivateFile(this.#directory, fileName, key);
    this.#published = keepOld ? [key, ...this.#published] : [key];
    this.#current = key;
  }
}
