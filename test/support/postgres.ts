import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { generate } from 'selfsigned';
import type { Need } from './needs.ts';
import { freePort } from './ports.ts';
import { mustRun, Program } from './program.ts';
import { makeDirectory, removeDirectory } from './temporary.ts';

/** A Postgres started by the tests, from Debian's package, on a free port. */

/** The folder of `initdb` and `postgres`, which Debian does not put into PATH. */
function binaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const folders = [
    ...versions.sort((a, b) => b - a).map((version) => join(debian, `${version}`, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

export const postgres: Need = {
  what: 'Postgres',
  present: binaries() !== undefined,
  install: 'apt-get install postgresql',
};

/** Postgres refuses to run as root. @returns the ids of another user, if this is root. */
async function notRoot(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const line = /^(?:postgres|nobody):[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) };
}

export class Postgres {
  readonly #folder: string;
  readonly #who: { uid?: number; gid?: number };
  readonly port: number;
  #program: Program | undefined;
  #settings: readonly string[] = [];

  private constructor(folder: string, port: number, who: { uid?: number; gid?: number }) {
    this.#folder = folder;
    this.port = port;
    this.#who = who;
  }

  /** Makes an empty cluster and starts it, with a role `todo_mcp` that is not a superuser, and a database that it owns. */
  static async start(): Promise<Postgres> {
    const who = await notRoot();
    const folder = await makeDirectory('postgres');
    const data = join(folder, 'data');
    await mkdir(data);
    await chmod(folder, 0o755);
    if (who.uid !== undefined && who.gid !== undefined) await chown(data, who.uid, who.gid);
    const cluster = new Postgres(folder, await freePort(), who);
    await cluster.#run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale']);
    await cluster.restart();
    await cluster.sql(`CREATE ROLE todo_mcp LOGIN CREATEROLE PASSWORD 'todo_mcp'`);
    await cluster.createDatabase('todo_mcp');
    return cluster;
  }

  /** The URL of a database, for a role that is not a superuser. */
  url(database = 'todo_mcp', role = 'todo_mcp'): string {
    return `postgres://${role}:todo_mcp@127.0.0.1:${this.port}/${database}`;
  }

  async createDatabase(name: string): Promise<void> {
    await this.sql(`CREATE DATABASE ${name} OWNER todo_mcp`);
  }

  /**
   * Takes only TLS connections from now on, with a certificate for `localhost` that no machine trusts by itself.
   * @param beside where the certificate to trust is written, in a file as people get it.
   */
  async requireTls(beside: string): Promise<void> {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    });
    const data = join(this.#folder, 'data');
    const files = { 'server.crt': cert, 'server.key': key };
    for (const [name, content] of Object.entries(files)) {
      const file = join(data, name);
      await writeFile(file, content, { mode: 0o600 });
      if (this.#who.uid !== undefined && this.#who.gid !== undefined)
        await chown(file, this.#who.uid, this.#who.gid);
    }
    await writeFile(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n');
    await writeFile(beside, cert);
    this.#settings = ['-c', 'ssl=on'];
    await this.restart();
  }

  /** Runs a statement as the superuser. @returns what psql prints. */
  async sql(statement: string, database = 'postgres'): Promise<string> {
    const args = [
      '-X',
      '-q',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      statement,
      this.url(database, 'postgres'),
    ];
    return (await this.#run('psql', args)).stdout;
  }

  /** Ends it as `systemctl stop` does: open transactions are cut off. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    this.#program?.child.kill(signal);
    await this.#program?.ended();
    this.#program = undefined;
  }

  /** Starts it again, on the same port, and waits until it takes connections. */
  async restart(): Promise<void> {
    await this.stop();
    const args = ['-D', join(this.#folder, 'data'), '-p', `${this.port}`, '-c', 'listen_addresses=127.0.0.1'];
    this.#program = new Program(
      join(binaries() ?? '', 'postgres'),
      [...args, '-c', `unix_socket_directories=${join(this.#folder, 'data')}`, ...this.#settings],
      this.#who,
    );
    await this.#program.says(/database system is ready to accept connections/, 60_000);
  }

  /** Ends it, and removes what it kept. */
  async remove(): Promise<void> {
    await this.stop();
    await removeDirectory(this.#folder);
  }

  #run(command: string, args: readonly string[]) {
    return mustRun(join(binaries() ?? '', command), args, { cwd: this.#folder, ...this.#who });
  }
}
