import { printable } from '../scalekit/index.ts';
import type { PackageManager } from './package-manager.ts';
import { type RunOptions, runProgram } from './programs.ts';

/** Why a package manager does not get on with its registry. */
export interface RegistryFault {
  readonly kind: 'unreachable' | 'certificate';
  /** The code of the system or of OpenSSL, e.g. `ENOTFOUND`, `SELF_SIGNED_CERT_IN_CHAIN`. */
  readonly code: string;
  /** Where it was asked, as far as that is known; safe to print. */
  readonly registry: string | undefined;
}

/** What package managers call a certificate that is not trusted: OpenSSL's names, and those of rustls (pnpm) and bun. */
const certificate =
  /\b(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_[A-Z_]+|ERR_TLS_CERT_ALTNAME_INVALID)\b|invalid peer certificate|UnknownIssuer/;

/** What they call a host that is not found, or does not answer. */
const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR|DNSResolveFailed|ConnectionRefused|ConnectionClosed)\b|request-timeout|(?:network|request|socket) timeout|(?:dns|Connect|Timeout)Error|dns error|internet connection|ENOTCACHED|ESOCKETTIMEDOUT/i;

/** @returns what the output of a package manager says of its registry; undefined where the fault is another. */
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
const patience = 6000;

/** Which registry a package manager asks, where that is not npm's own setting. */
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
 * Asks the registry for a sign of life, as npm is configured: through its proxies, with its certificates.
 * @returns undefined where it answers, whatever it says, and where npm is not there to ask.
 * @throws what aborted the signal.
 */
export async function pingRegistry(
  manager: PackageManager,
  options: RunOptions,
): Promise<RegistryFault | undefined> {
  const args = ['ping', '--fetch-retries=0', `--fetch-timeout=${patience}`, '--loglevel=notice'];
  const registry = await registryOf(manager, options);
  const result = await runProgram('npm', [...args, ...registry], { ...options, limit: 2 * patience });
  if (result.absent || result.exitCode === 0) return undefined;
  const fault = faultIn(result.output);
  const asked = /PING (https?:\/\/[^\s/]+)/.exec(result.output)?.[1];
  if (result.timedOut) return { kind: 'unreachable', code: 'no answer', registry: asked && printable(asked) };
  return fault && { ...fault, registry: asked === undefined ? fault.registry : printable(asked) };
}
