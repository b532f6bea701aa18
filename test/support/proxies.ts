import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { freePort, isTaken } from './ports.ts';
import { Program } from './program.ts';
import { makeDirectory, removeDirectory } from './temporary.ts';
import { until } from './waiting.ts';

/** A proxy on this machine, in front of servers on this machine. */
export interface RunningProxy {
  readonly port: number;
  /** `http://localhost:<port>`, without a trailing slash. */
  readonly origin: string;
  /** What it has logged so far. */
  readonly log: string;
  stop(): Promise<void>;
}

export interface ProxySettings {
  /** The ports of the servers behind it. */
  readonly servers: readonly number[];
  /** The path that clients see, such as `/team`; default `/`, everything. */
  readonly prefix?: string;
  /** Takes the prefix off before the server sees it. */
  readonly strip?: boolean;
  /** The Host that the server sees: the proxy's own default, or the client's. Default: the client's. */
  readonly host?: 'default' | 'passed';
  /** Asks the servers at this path whether they are ready, and skips those that are not. HAProxy only. */
  readonly readyPath?: string;
  /** For how many seconds a server that did not answer is skipped; default 10. nginx only. */
  readonly failTimeout?: number;
}

/** The name under which nginx knows its upstream, and which it sends as Host unless told otherwise. */
export const nginxUpstream = 'mcp_servers';

type Configure = (settings: ProxySettings & { readonly port: number; readonly directory: string }) => string;

/** A real proxy program. */
export interface ProxyKind {
  readonly name: string;
  /** What has to be on the PATH. */
  readonly program: 'nginx' | 'haproxy' | 'caddy' | 'apache2';
  /** Debian's package, if it has another name. */
  readonly package?: string;
  readonly file: string;
  readonly arguments: (file: string, directory: string) => readonly string[];
  readonly configure: Configure;
}

/** nginx's compiled-in paths are the system's: everything it writes goes into its folder. */
function nginx(toUpstream: readonly string[]): Configure {
  return ({ servers, prefix = '', strip = false, host = 'passed', failTimeout = 10, port, directory }) => `
daemon off;
pid ${directory}/nginx.pid;
error_log stderr warn;
worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  upstream ${nginxUpstream} {
    ${servers.map((server) => `server 127.0.0.1:${server} fail_timeout=${failTimeout}s;`).join('\n    ')}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location ${prefix}/ {
      proxy_pass http://${nginxUpstream}${strip ? '/' : ''};
      ${[...toUpstream, ...(host === 'passed' ? ['proxy_set_header Host $http_host;'] : [])].join('\n      ')}
    }
  }
}
`;
}

const haproxy: Configure = ({ servers, prefix = '', strip = false, readyPath, port }) => `
global
  maxconn 1000
defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
  timeout check 5s
frontend clients
  bind 127.0.0.1:${port}
  default_backend mcp
backend mcp
  ${strip ? `http-request replace-path ^${prefix}/(.*) /\\1` : ''}
  ${readyPath ? `option httpchk\n  http-check send meth GET uri ${readyPath} ver HTTP/1.1 hdr Host localhost` : ''}
  ${servers
    .map(
      (server, index) =>
        `server s${index} 127.0.0.1:${server}${readyPath ? ' check inter 200 fall 1 rise 1' : ''}`,
    )
    .join('\n  ')}
`;

const caddy: Configure = ({ servers, prefix = '', strip = false, host = 'passed', port }) => `
{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  ${strip ? 'handle_path' : 'handle'} ${prefix}/* {
    reverse_proxy ${servers.map((server) => `127.0.0.1:${server}`).join(' ')}${
      host === 'default' ? '' : ' {\n      header_up Host {http.request.hostport}\n    }'
    }
  }
}
`;

/** Debian's paths of its modules; to the first server alone. */
const apache: Configure = ({
  servers: [server],
  prefix = '',
  strip = false,
  host = 'passed',
  port,
  directory,
}) => `
ServerRoot ${directory}
PidFile ${directory}/apache.pid
ErrorLog ${directory}/error.log
Listen 127.0.0.1:${port}
ServerName localhost
${['mpm_event', 'authz_core', 'proxy', 'proxy_http']
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  .join('\n')}
ProxyPreserveHost ${host === 'passed' ? 'On' : 'Off'}
ProxyPass ${prefix}/ http://127.0.0.1:${server}${strip ? '' : prefix}/
`;

/** The proxies that people put in front, with their default settings towards the servers. */
export const proxyKinds = [
  {
    name: 'nginx, HTTP/1.0 to the server',
    program: 'nginx',
    file: 'nginx.conf',
    arguments: (file, directory) => ['-p', directory, '-c', file, '-e', 'stderr'],
    configure: nginx([]),
  },
  {
    // The default of 1.29.7 and later.
    name: 'nginx, HTTP/1.1 and kept connections',
    program: 'nginx',
    file: 'nginx.conf',
    arguments: (file, directory) => ['-p', directory, '-c', file, '-e', 'stderr'],
    configure: nginx(['proxy_http_version 1.1;', 'proxy_set_header Connection "";']),
  },
  {
    name: 'HAProxy',
    program: 'haproxy',
    file: 'haproxy.cfg',
    arguments: (file) => ['-db', '-f', file],
    configure: haproxy,
  },
  {
    name: 'Caddy',
    program: 'caddy',
    file: 'Caddyfile',
    arguments: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
    configure: caddy,
  },
  {
    name: 'Apache',
    program: 'apache2',
    package: 'apache2-bin',
    file: 'apache.conf',
    arguments: (file) => ['-f', file, '-DFOREGROUND'],
    configure: apache,
  },
] as const satisfies readonly ProxyKind[];

/** @returns whether a program is installed; Debian puts these into sbin, which is not on everybody's PATH. */
export function isInstalled(program: string): boolean {
  return programPath(program) !== undefined;
}

function programPath(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Starts a proxy on a free port and waits until it takes connections. */
export async function startProxy(kind: ProxyKind, settings: ProxySettings): Promise<RunningProxy> {
  const command = programPath(kind.program);
  if (command === undefined) throw new Error(`${kind.program} is not installed`);
  const directory = await makeDirectory(`proxy-${kind.program}`);
  const port = await freePort();
  const file = join(directory, kind.file);
  await writeFile(file, kind.configure({ ...settings, port, directory }));
  // nginx's workers give up their rights, and have to find the folder all the same.
  await chmod(directory, 0o755);
  await mkdir(join(directory, 'logs'));
  const program = new Program(command, kind.arguments(file, directory), {
    cwd: directory,
    env: { HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    group: true,
  });
  const stop = async () => {
    await program.kill();
    await removeDirectory(directory);
  };
  try {
    await until(`${kind.name} listens`, async () => {
      if (!program.running) throw new Error(program.output);
      return await isTaken(port);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    origin: `http://localhost:${port}`,
    get log() {
      return program.output;
    },
    stop,
  };
}

export interface BalancerSettings {
  readonly servers: readonly number[];
  /** Keeps connections to the servers for ever, as balancers with time-outs of minutes do; otherwise one for each request. */
  readonly pooled: boolean;
  /** Asked every 50 ms; a server that does not answer 200 gets nothing new. */
  readonly readyPath: string;
}

/** Keeps connections whatever time-out the server announces: clouds' balancers do not read `Keep-Alive: timeout`. */
class PatientAgent extends Agent {
  override keepSocketAlive(): boolean {
    return true;
  }
}

/** A balancer that repeats nothing: what a server drops is seen as a 502. */
export async function startBalancer({ servers, pooled, readyPath }: BalancerSettings): Promise<RunningProxy> {
  const agent = pooled ? new PatientAgent({ keepAlive: true, maxSockets: 64 }) : new Agent();
  const ready = new Set<number>(servers);
  const lines: string[] = [];
  let turn = 0;
  const pass = (req: IncomingMessage, res: ServerResponse) => {
    const candidates = [...ready];
    turn += 1;
    const port = candidates[turn % candidates.length];
    if (port === undefined) return void res.writeHead(503).end('no server is ready');
    const { connection: _, ...headers } = req.headers;
    const options = { host: '127.0.0.1', port, agent, method: req.method, path: req.url, headers };
    const upstream = request(options, (answer) => {
      const { connection: __, 'keep-alive': ___, ...back } = answer.headers;
      res.writeHead(answer.statusCode ?? 502, back);
      answer.pipe(res);
    });
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      lines.push(`${port} ${error.code} ${error.message}`);
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end(error.message);
    });
    req.pipe(upstream);
  };
  const server = createServer(pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const isReady = (port: number) =>
    new Promise<boolean>((resolve) => {
      const asked = request({ host: '127.0.0.1', port, path: readyPath, agent: false, timeout: 2000 });
      asked.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      asked.on('timeout', () => asked.destroy()).on('error', () => resolve(false));
      asked.end();
    });
  let stopped = false;
  const watch = async () => {
    for (const port of servers) ready[(await isReady(port)) ? 'add' : 'delete'](port);
    if (!stopped) setTimeout(watch, 50).unref();
  };
  await watch();
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://localhost:${port}`,
    get log() {
      return lines.join('\n');
    },
    async stop() {
      stopped = true;
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
