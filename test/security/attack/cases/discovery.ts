import type { Attack, AttackCase, Kit } from '../types.ts';
import type { WireAnswer } from '../wire.ts';

/** What is wrong with the protected resource metadata (RFC 9728 §2; docs/mcp.md#what-the-sdks-recipes-leave-open, 3, 6 and 7). */
function metadataFault(kit: Kit, answer: WireAnswer): string | undefined {
  const metadata = JSON.parse(answer.body) as Record<string, unknown>;
  if (metadata.resource !== kit.target.endpoint)
    return `resource is ${metadata.resource}, expected ${kit.target.endpoint}`;
  const servers = metadata.authorization_servers;
  if (!Array.isArray(servers) || servers[0] !== kit.target.issuers[1])
    return `authorization_servers is ${JSON.stringify(servers)}`;
  const scopes = metadata.scopes_supported;
  if (Array.isArray(scopes) && scopes.includes('offline_access'))
    return 'scopes_supported has offline_access';
  return undefined;
}

const documents: ReadonlyArray<readonly [name: string, path: (kit: Kit) => string]> = [
  ['root', () => '/.well-known/oauth-protected-resource'],
  ['inserted', ({ target }) => new URL(target.metadataUrl).pathname],
];

const askers: ReadonlyArray<readonly [name: string, attack: Attack]> = [
  ['anyone', {}],
  ['a foreign origin', { headers: { Origin: 'https://client.example' } }],
  ['a bad token', { token: 'bad' }],
  ['a forwarded host', { headers: { 'X-Forwarded-Host': 'attacker.example', 'X-Forwarded-Proto': 'https' } }],
];

const metadata: readonly AttackCase[] = documents.flatMap(([form, path]) =>
  askers.map(
    ([name, attack]): AttackCase => ({
      id: `metadata/${form}-${name.replaceAll(' ', '-')}`,
      title: `protected resource metadata (${form} form), asked by ${name}`,
      source: 'RFC 9728 §3; MCP SDK recipes, known defect',
      needs: 'nothing',
      attack: (kit) => ({ method: 'GET', path: path(kit), ...attack }),
      expect: (kit) => ({
        status: 200,
        headers: { 'content-type': /^application\/json/, 'access-control-allow-origin': '*' },
        also: (_, answer) => metadataFault(kit, answer),
      }),
    }),
  ),
);

const otherMethods: readonly AttackCase[] = documents.flatMap(([form, path]) => [
  {
    id: `metadata/${form}-post`,
    title: `a tool call posted to the metadata (${form} form)`,
    source: 'RFC 9728 §3.1',
    needs: 'nothing',
    attack: (kit) => ({ path: path(kit) }),
    expect: { status: [404, 405, 401] },
  },
  {
    id: `metadata/${form}-preflight`,
    title: `a preflight from anywhere (${form} form)`,
    source: 'MCP SDK recipes, known defect',
    needs: 'nothing',
    attack: (kit) => ({
      method: 'OPTIONS',
      path: path(kit),
      headers: {
        Origin: 'https://client.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'mcp-protocol-version',
      },
    }),
    expect: { status: [204, 200], headers: { 'access-control-allow-origin': '*' } },
  } satisfies AttackCase,
]);

const health: readonly AttackCase[] = [
  {
    id: 'health/alive',
    title: '/healthz says that it is alive, and nothing else',
    source: 'Kubernetes liveness probes',
    needs: 'nothing',
    attack: () => ({ method: 'GET', path: '/healthz' }),
    expect: { status: 200, also: (_, answer) => (answer.body.length > 200 ? 'it says too much' : undefined) },
  },
  {
    id: 'health/ready',
    title: '/readyz says that the keys are loaded, and nothing else',
    source: 'house rule: ready once the keys are there',
    needs: 'nothing',
    attack: () => ({ method: 'GET', path: '/readyz' }),
    expect: {
      status: [200, 503],
      also: (_, answer) =>
        answer.body.length > 200 || /http/.test(answer.body) ? 'it says too much' : undefined,
    },
  },
  {
    id: 'health/post',
    title: 'a tool call posted to /healthz',
    source: 'house rule',
    needs: 'nothing',
    attack: () => ({ path: '/healthz' }),
    expect: { status: [405, 404, 401] },
  },
];

/** The documents that anyone may read. */
export const discoveryCases: readonly AttackCase[] = [...metadata, ...otherMethods, ...health];
