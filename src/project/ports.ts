import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';

// The ports of this machine: whether something listens there, whether one is free, and which program uses it.

/** @returns whether something on this machine accepts connections on a port. */
export async function isListening(port: number): Promise<boolean> {
  // Not `localhost`, since a machine's configuration may switch off trying both address families.
  const tries = await Promise.all([accepts('127.0.0.1', port), accepts('::1', port)]);
  return tries.includes(true);
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

/** Listens for a moment. @returns the port, or undefined if it is taken or not allowed. */
async function tryPort(port: number, host?: string): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, exclusive: true, ...(host === undefined ? {} : { host }) });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

/** @returns whether a server could listen on a port now. Some systems report a conflict only for the exact address. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port, '127.0.0.1')) !== undefined && (await tryPort(port)) !== undefined;
}

/** @returns a port that nothing listens on. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === undefined) throw new Error('This machine has no free port.');
  return port;
}

/** State 0A is LISTEN; the local address ends in the port, in hexadecimal. */
function listeningInodes(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local, , state, , , , , , inode]) =>
      local?.endsWith(suffix) && state === '0A' && inode ? [inode] : [],
    );
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.some((link) => sockets.has(link));
}

async function ownerOnLinux(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const inodes = tables.flatMap((table) => listeningInodes(table, port));
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (!(await holds(pid, sockets))) continue;
    const command = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
    return `${command} (process ${pid})`;
  }
  return undefined;
}

/** `lsof -F` prints one field per line: p and the process id, c and the command. */
async function ownerByLsof(port: number): Promise<string | undefined> {
  const { runProgram } = await import('./programs.ts');
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const { stdout } = await runProgram('lsof', args, { cwd: '/', env: process.env, limit: 3000 });
  const [pid, command] = [/^p(\d+)$/m.exec(stdout)?.[1], /^c(.+)$/m.exec(stdout)?.[1]];
  return pid === undefined ? undefined : `${command ?? 'a program'} (process ${pid})`;
}

/** @returns which program listens on a port of this machine, e.g. `node (process 4711)`, if we can see it. */
export async function portOwner(port: number): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  return process.platform === 'linux' ? ownerOnLinux(port) : ownerByLsof(port);
}
