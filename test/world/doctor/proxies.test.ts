import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { doctorIn } from '../../doctor/live/in-process.ts';
import { readReport } from '../../doctor/live/run-case.ts';
import { json, type Parts, startSmallServer } from '../../doctor/live/small-server.ts';
import { freePort } from '../../support/ports.ts';
import {
  isInstalled,
  type ProxyKind,
  type ProxySettings,
  proxyKinds,
  startProxy,
} from '../../support/proxies.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';

/** A right server behind a real proxy that does one thing wrong, or two: the doctor must name the proxy as the cause, and no other. */

let emulator: Emulator;
let empty: string;

beforeAll(async () => {
  emulator = await startEmulator();
  empty = await makeDirectory('doctor-proxies');
});

afterAll(async () => {
  await emulator.close();
  await removeDirectory(empty);
});

const [nginx, , haproxy, caddy] = proxyKinds;

/** A proxy with other lines in its configuration. */
function edited(kind: ProxyKind, edit: (text: string) => string): ProxyKind {
  return { ...kind, configure: (settings) => edit(kind.configure(settings)) };
}

const after = (line: RegExp, more: string) => (text: string) =>
  text.replace(line, (found) => `${found}\n      ${more}`);

interface Row {
  readonly name: string;
  readonly kind: ProxyKind;
  readonly settings?: Partial<ProxySettings>;
  readonly server?: Partial<Parts>;
  /** Nothing listens behind it. */
  readonly isDown?: boolean;
  readonly path?: string;
  /** The cause first, then findings besides it that are not errors. */
  readonly cause: string;
  /** Words of the fix that name this proxy's own configuration. */
  readonly fix?: RegExp;
}

const ours = (status: number, reason: string, message: string) =>
  json(status, { jsonrpc: '2.0', id: null, error: { code: -32001, message, data: { reason } } });

/** The server names the fault itself, as a generated one does. */
const reasoned: Partial<Parts> = {
  gate: ({ endpoint }, { headers }) =>
    headers.host === new URL(endpoint).host || headers.host?.endsWith('.example')
      ? headers.host?.endsWith('.example')
        ? json(403, {})
        : headers.origin !== undefined && headers.origin !== 'http://localhost:6274'
          ? json(403, {})
          : undefined
      : ours(403, 'foreign_host', 'The Host is not that of MCP_URL; allow others with ALLOWED_HOSTS'),
};

const noToken: Partial<Parts> = {
  refuse: (place, parts, token) => {
    const challenge = parts.challenge(place, token === undefined ? undefined : 'invalid_token') ?? '';
    const reason = token === undefined ? 'no_token' : 'invalid_token';
    const message = token === undefined ? 'An access token is required' : 'The token is not good';
    return { ...ours(401, reason, message), headers: { 'www-authenticate': challenge } };
  },
};

const rows: readonly Row[] = [
  {
    name: 'nginx with its default Host',
    kind: nginx,
    settings: { host: 'default' },
    server: reasoned,
    cause: 'SKM342',
    fix: /proxy_set_header Host \$host/,
  },
  {
    name: 'Caddy that sends the upstream’s Host',
    kind: edited(caddy, (text) =>
      text.replace('{http.request.hostport}', '{http.reverse_proxy.upstream.hostport}'),
    ),
    server: reasoned,
    cause: 'SKM342',
    fix: /header_up Host/,
  },
  { name: 'nginx, and nothing behind it', kind: nginx, isDown: true, cause: 'SKM347', fix: /proxy_pass/ },
  {
    name: 'HAProxy, and nothing behind it',
    kind: haproxy,
    isDown: true,
    cause: 'SKM347',
    fix: /server mcp 127/,
  },
  { name: 'Caddy, and nothing behind it', kind: caddy, isDown: true, cause: 'SKM347', fix: /reverse_proxy/ },
  {
    name: 'nginx that takes Authorization out',
    kind: edited(nginx, after(/proxy_pass .*/, 'proxy_set_header Authorization "";')),
    server: noToken,
    cause: 'SKM343',
    fix: /\$http_authorization/,
  },
  {
    name: 'HAProxy that takes Authorization out',
    kind: edited(haproxy, after(/backend mcp/, 'http-request del-header Authorization')),
    server: noToken,
    cause: 'SKM343',
  },
  {
    name: 'nginx with a password',
    kind: edited(nginx, after(/location .*\{/, 'auth_basic "restricted"; auth_basic_user_file /dev/null;')),
    cause: 'SKM345',
    fix: /auth_basic off/,
  },
  {
    name: 'nginx that sends to a login',
    kind: edited(nginx, after(/location .*\{/, 'return 302 /login?next=/mcp;')),
    cause: 'SKM345',
  },
  {
    name: 'nginx that takes the prefix off',
    kind: nginx,
    settings: { prefix: '/team', strip: true },
    path: '/team/mcp',
    server: {
      gate: (place) =>
        ours(404, 'not_found', `Nothing is here. The MCP endpoint is ${place.origin}/team/mcp`),
    },
    cause: 'SKM348',
    fix: /without a slash behind the port/,
  },
  {
    name: 'two at once: a password in front of nothing',
    kind: edited(nginx, after(/location .*\{/, 'auth_basic "restricted"; auth_basic_user_file /dev/null;')),
    isDown: true,
    cause: 'SKM345',
  },
  {
    name: 'three at once: Authorization is lost, the metadata is missing at the root, and browsers are kept out',
    kind: edited(nginx, after(/proxy_pass .*/, 'proxy_set_header Authorization "";')),
    server: {
      ...noToken,
      preflight: () => json(405, {}),
      metadata: (_place, path) =>
        path === '' ? json(404, {}) : json(200, undefined, { 'access-control-allow-origin': '*' }),
    },
    cause: 'SKM343',
  },
];

async function examine(row: Row) {
  let origin: string | undefined;
  const server = row.isDown ? undefined : await startSmallServer(emulator, row.server ?? {}, () => origin);
  const port = server === undefined ? await freePort() : Number(new URL(server.endpoint).port);
  const proxy = await startProxy(row.kind, { servers: [port], ...row.settings });
  origin = proxy.origin;
  try {
    const { exitCode, output } = await doctorIn(empty)([`${origin}${row.path ?? '/mcp'}`, '--json']);
    return { said: readReport(exitCode, output), report: JSON.parse(output) };
  } finally {
    await proxy.stop();
    await server?.close();
  }
}

for (const program of ['nginx', 'haproxy', 'caddy'] as const) {
  const own = rows.filter(({ kind }) => kind.program === program);
  describe.skipIf(!isInstalled(program))(`${program} in front of a right server`, () => {
    test.each(own)('$name', async (row) => {
      const { said, report } = await examine(row);
      const [first] = report.results;
      expect(first).toMatchObject({ code: row.cause, state: 'found', level: 'error' });
      if (row.fix !== undefined) expect(first.fix).toMatch(row.fix);
      const errors = said.results.filter(({ state, level }) => state === 'found' && level === 'error');
      expect(errors.map(({ code }) => code)).toEqual([row.cause]);
      expect(said.exitCode).toBe(1);
    });

    test('a proxy without a fault', async () => {
      const kind = own.find(({ isDown }) => isDown)?.kind ?? nginx;
      const { said } = await examine({ name: 'right', kind, server: reasoned, cause: '' });
      expect(said.results.filter(({ state, level }) => state === 'found' && level !== 'advice')).toEqual([]);
      expect(said.exitCode).toBe(0);
    });
  });
}
