// Why a server cannot listen, in words for whoever starts it.

const second = 1000;

/** @returns what keeps it from listening, and what to do about it. */
export async function whyNot(error: unknown, port: number, host: string | undefined): Promise<string> {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const holder = await holderOf(port);
    return `Port ${port} is taken by ${holder}. Stop it, or set another PORT (and MCP_URL) in .env.`;
  }
  if (code === 'EACCES') return `Port ${port} needs more rights than this process has: take one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `HOST ${host} is no address of this machine.`;
  return message;
}

/** Another MCP server tells its name to anyone who asks, and most often it is this one, started twice. */
async function holderOf(port: number): Promise<string> {
  try {
    const url = `http://127.0.0.1:${port}/.well-known/oauth-protected-resource`;
    const response = await fetch(url, { signal: AbortSignal.timeout(second) });
    const { resource_name } = (await response.json()) as { resource_name?: unknown };
    return typeof resource_name === 'string' ? `the MCP server "${resource_name}"` : 'another program';
  } catch {
    return 'another program';
  }
}
