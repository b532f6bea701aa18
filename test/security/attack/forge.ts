import {
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';

/** Claims or header parameters; `undefined` leaves a default out. */
export type Parameters = Readonly<Record<string, unknown>>;

export type KeyedJwk = JsonWebKey & { readonly kid?: string };

export interface Forgery {
  readonly header?: Parameters;
  readonly claims?: Parameters;
  /** Replaces the claims by any text. */
  readonly payload?: string;
  /** Replaces the header by any text. */
  readonly rawHeader?: string;
  /** How it is really signed, whatever the header says. Default RS256. */
  readonly algorithm?: string;
  /** Default: the key that the token names. */
  readonly key?: KeyObject | Uint8Array;
}

export const base64url = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');

/** @returns JSON without the members that are undefined. */
const json = (value: Parameters): string => JSON.stringify(value);

/** Seconds since 1970, as JWTs count. */
export const now = (): number => Math.floor(Date.now() / 1000);

function signature(algorithm: string, input: string, key: KeyObject | Uint8Array): Uint8Array {
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('HS'))
    return createHmac(hash, key as Uint8Array)
      .update(input)
      .digest();
  const privateKey = key as KeyObject;
  const data = Buffer.from(input);
  if (algorithm === 'EdDSA') return sign(null, data, privateKey);
  if (algorithm.startsWith('ES')) return sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (algorithm.startsWith('PS')) {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return sign(hash, data, { key: privateKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  }
  return sign(hash, data, privateKey);
}

/** Makes tokens: good ones with the authorization server's own key if there is one, and every kind of bad one. */
export class Forge {
  /** The key server's public keys, as anyone can fetch them. */
  readonly published: readonly KeyedJwk[];
  readonly #genuine: KeyObject | undefined;
  readonly #defaults: Parameters;
  #attacker: KeyObject | undefined;

  /**
   * @param published the key server's answer.
   * @param defaults claims of a good token, times excepted.
   * @param genuine the authorization server's private key, if the tester has it.
   */
  constructor(published: readonly KeyedJwk[], defaults: Parameters, genuine?: JsonWebKey) {
    this.published = published;
    this.#defaults = defaults;
    this.#genuine = genuine && createPrivateKey({ key: genuine, format: 'jwk' });
  }

  get hasKey(): boolean {
    return this.#genuine !== undefined;
  }

  /** The key id that good tokens carry. */
  get kid(): string | undefined {
    return this.published[0]?.kid;
  }

  /** The authorization server's private key. */
  get genuine(): KeyObject {
    if (!this.#genuine) throw new Error('This needs the signing key of the authorization server.');
    return this.#genuine;
  }

  /** An RSA key that nobody has published. */
  get attacker(): KeyObject {
    this.#attacker ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    return this.#attacker;
  }

  get attackerJwk(): JsonWebKey {
    return createPublicKey(this.attacker).export({ format: 'jwk' });
  }

  /** The published key in the shapes that careless servers have taken for an HMAC secret (RFC 8725 §2.1). */
  publicKeyAsSecret(): ReadonlyArray<readonly [shape: string, secret: Uint8Array]> {
    const jwk = this.published[0];
    if (!jwk) throw new Error('The key server has no key.');
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return [
      ['SPKI PEM', Buffer.from(key.export({ type: 'spki', format: 'pem' }))],
      [
        'SPKI PEM without its last line break',
        Buffer.from(`${key.export({ type: 'spki', format: 'pem' })}`.trimEnd()),
      ],
      ['SPKI DER', key.export({ type: 'spki', format: 'der' })],
      ['PKCS #1 PEM', Buffer.from(key.export({ type: 'pkcs1', format: 'pem' }))],
      ['JWK as JSON', Buffer.from(JSON.stringify(jwk))],
      ['modulus as base64url', Buffer.from(jwk.n ?? '')],
      ['modulus as bytes', Buffer.from(jwk.n ?? '', 'base64url')],
      ['nothing', Buffer.alloc(0)],
    ];
  }

  /** Claims as a good token has them, with changes. */
  claims(changes: Parameters = {}): Parameters {
    const time = now();
    return { ...this.#defaults, iat: time, exp: time + 600, jti: randomUUID(), ...changes };
  }

  /** A compact JWS. Without any option it is a good token. */
  token(forgery: Forgery = {}): string {
    const algorithm = forgery.algorithm ?? 'RS256';
    const header =
      forgery.rawHeader ?? json({ alg: algorithm, typ: 'at+jwt', kid: this.kid, ...forgery.header });
    const payload = forgery.payload ?? json(this.claims(forgery.claims));
    const input = `${base64url(header)}.${base64url(payload)}`;
    if (algorithm === 'none') return `${input}.`;
    return `${input}.${base64url(signature(algorithm, input, forgery.key ?? this.genuine))}`;
  }

  /** A token in which only the signing key is wrong. */
  forged(forgery: Forgery = {}): string {
    return this.token({ key: this.attacker, ...forgery });
  }
}
