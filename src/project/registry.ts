import { printable } from '../scalekit/index.ts';
import type { PackageManager } from './package-manager.ts';
import { type RunOptions, runProgram } from './programs.ts';

/** Why a package manager cannot use its registry. */
export interface RegistryFault {
  readonly kind: 'unreachable' | 'certificate';
  /** The code of the system or of OpenSSL, e.g. `ENOTFOUND`, `SELF_SIGNED_CERT_IN_CHAIN`. */
  readonly code: string;
  /** The registry's URL, if known; safe to print. */
  readonly registry: string | undefined;
}

/** Names for a certificate that is not trusted: OpenSSL's, and those of rustls (pnpm) and bun. */
const certificate =
  /\b(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_[A-Z_]+|ERR_TLS_CERT_ALTNAME_INVALID)\b|invalid peer certificate|UnknownIssuer/;

/** Names for a host that is not found or does not answer. */
const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR|DNSResolveFailed|ConnectionRefused|ConnectionClosed)\b|request-timeout|(?:network|request|socket) timeout|(?:dns|Connect|Timeout)Error|dns error|internet connection|ENOTCACHED|ESOCKETTIMEDOUT/i;

/** @returns what a package manager's output says about its registry; undefined if something else is wrong. */
export function faultIn(output: string): RegistryFault | undefined {
  const untrusted = certificate.exec(output)?.[0];
  const code = untrusted ?? unreachable.exec(output)?.[0];
  if (code === undefined) return undefined;
  const url = /https?:\/\/[^\s"'/]+/.exec(output)?.[0];
  return {
    kind: untrusted === undefined ? 'unreachable' : 'certificate',
    code,
    registry: url === undefined ? undefined : printable(url),
  };
}

/** How long the registry may take to answer a ping, in milliseconds. */
const pingTimeout = 6000;

/** The `--registry` flag for a package manager that does not follow npm's setting. */
async function registryOf(manager: PackageManager, options: RunOptions): Promise<readonly string[]> {
  if (manager.name !== 'yarn') return [];
  // Yarn 2 and later; Yarn 1 answers "undefined" to the first and knows the second.
  for (const setting of ['npmRegistryServer', 'registry']) {
    const { stdout } = await runProgram('yarn', ['config', 'get', setting], options);
    const url = /https?:\/\/\S+/.exec(stdout)?.[0];
    if (url !== undefined) return [`--registry=${url}`];
  }
  return [];
}

/**
 * Pings the registry as npm is configured: through its proxies, with its certificates.
 * @returns undefined if the registry answers anything at all, or if npm is absent.
 * @throws the signal's reason after an abort.
 */
export async function pingRegistry(
  manager: PackageManager,
  options: RunOptions,
): Promise<RegistryFault | undefined> {
  const args = ['ping', '--fetch-retries=0', `--fetch-timeout=${pingTimeout}`, '--loglevel=notice'];
  const registry = await registryOf(manager, options);
  const result = await runProgram('npm', [...args, ...registry], { ...options, limit: 2 * pingTimeout });
  if (result.absent || result.exitCode === 0) return undefined;
  const fault = faultIn(result.output);
  const asked = /PING (https?:\/\/[^\s/]+)/.exec(result.output)?.[1];
  if (result.timedOut) return { kind: 'unreachable', code: 'no answer', registry: asked && printable(asked) };
  return fault && { ...fault, registry: asked === undefined ? fault.registry : printable(asked) };
}
