import { readdir, readFile, readlink } from 'node:fs/promises';

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

/** `lsof -F` prints one field a line: p and the process, c and the command. */
async function ownerByLsof(port: number): Promise<string | undefined> {
  const { runProgram } = await import('./programs.ts');
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const { stdout } = await runProgram('lsof', args, { cwd: '/', env: process.env, limit: 3000 });
  const [pid, command] = [/^p(\d+)$/m.exec(stdout)?.[1], /^c(.+)$/m.exec(stdout)?.[1]];
  return pid === undefined ? undefined : `${command ?? 'a program'} (process ${pid})`;
}

/** @returns which program listens on a port of this machine, e.g. `node (process 4711)`, where that can be seen. */
export async function portOwner(port: number): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  return process.platform === 'linux' ? ownerOnLinux(port) : ownerByLsof(port);
}
