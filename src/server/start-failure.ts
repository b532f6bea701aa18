// Why a server cannot listen, or is not where it should be, in words for the person who starts it.
import type { NotListening } from './listen.ts';

const second = 1000;

/**
 * @param host the variable HOST, if it is set.
 * @returns why it cannot listen, and what to do about it.
 */
export async function whyNot(error: NotListening, host: string | undefined): Promise<string> {
  const { port, host: address, cause } = error;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const where = address === '::1' ? ` of [${address}]` : '';
    return `Port ${port}${where} is taken by ${await holderOf(port, address)}. Stop it, or set another PORT (and MCP_URL) in .env.`;
  }
  if (code === 'EACCES') return `Port ${port} needs more rights than this process has: take one above 1023.`;
  if (host === undefined || code === 'ERR_ACCESS_DENIED') return message;
  const why = code === 'EADDRNOTAVAIL' ? 'is not an address of this machine' : 'cannot be found';
  return `HOST is \`${host}\`, which ${why}. ${whereHostComesFrom}`;
}

/** A shell's own HOST reaches us: zsh, conda and others set it to the name of the machine. */
const whereHostComesFrom =
  'Some shells, and conda, set HOST to the name of the machine: `unset HOST` in this shell, or set it to an address of this machine, such as 127.0.0.1.';

/** @returns why clients that follow MCP_URL do not come here. */
export function whyElsewhere(endpoint: URL, host: string): string {
  return `The server listens, but not where MCP_URL leads: ${endpoint.href} does not answer. HOST is \`${host}\`. ${whereHostComesFrom}`;
}

/** Another MCP server tells its name to anyone who asks, and most often it is this one, started twice. */
async function holderOf(port: number, address: string | undefined): Promise<string> {
  try {
    const host = address === '::1' ? '[::1]' : '127.0.0.1';
    const url = `http://${host}:${port}/.well-known/oauth-protected-resource`;
    const response = await fetch(url, { signal: AbortSignal.timeout(second) });
    const { resource_name } = (await response.json()) as { resource_name?: unknown };
    return typeof resource_name === 'string' ? `the MCP server "${resource_name}"` : 'another program';
  } catch {
    return 'another program';
  }
}
