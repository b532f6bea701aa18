// A set-up file of vitest: makes `generateKeyPair('rsa')` cheap. Node takes 50 to 200 ms for a key, and each local Scalekit
// that a test starts makes one; they were half of what the quick tests cost. The built programs make theirs as usual.
import crypto, { createPrivateKey, createPublicKey, generatePrime } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

type Pair = { readonly publicKey: crypto.KeyObject; readonly privateKey: crypto.KeyObject };

const exponent = 65_537n;
const bits = 2048;

/** @returns the inverse of `value` modulo `modulus`, by Euclid's extended algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, value % modulus];
  let [coefficient, following] = [0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [coefficient, following] = [following, coefficient - quotient * following];
  }
  return ((coefficient % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

/** @returns the RSA key of two primes (RFC 8017, section 3.2). */
function keyOf(p: bigint, q: bigint): Pair {
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: exponent, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.entries(numbers).map(([name, value]) => [name, base64url(value)]);
  const privateKey = createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function newPrime(): Promise<bigint> {
  return new Promise((resolve, reject) => {
    generatePrime(bits / 2, { bigint: true }, (error, prime) => (error ? reject(error) : resolve(prime)));
  });
}

/** No two keys of a process have both primes in common, so all are different: 20 primes make 190. */
async function* distinctKeys(): AsyncGenerator<Pair, never> {
  const known: bigint[] = [];
  for (;;) {
    const fresh = await newPrime();
    if ((fresh - 1n) % exponent === 0n) continue;
    for (const other of known) yield keyOf(fresh, other);
    known.push(fresh);
  }
}

const installed = Symbol.for('create-scalekit-mcp.rsa-keys');
const marks = globalThis as { [installed]?: true };
// Once per process, since a process runs many test files.
if (marks[installed] === undefined) {
  marks[installed] = true;
  const keys = distinctKeys();
  const original = crypto.generateKeyPair;
  const originally = promisify(original) as (type: string, options: object) => Promise<Pair>;
  const quick = async (type: string, options: { readonly modulusLength?: number }): Promise<Pair> =>
    type === 'rsa' && options.modulusLength === bits ? (await keys.next()).value : originally(type, options);
  crypto.generateKeyPair = Object.assign(original.bind(undefined) as typeof original, {
    [promisify.custom]: quick,
  });
  syncBuiltinESMExports();
}
