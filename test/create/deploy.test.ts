import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { todo, tooling } from './snapshot-cases.ts';

/** What the generated deployments say; test/world/deploy/ checks them against the schemas of their platforms. */

const templates = loadTemplates('typescript');

/** biome-ignore lint/suspicious/noExplicitAny: documents of any form; the schemas say which. */
type Document = any;

async function textOf(path: string, store: string): Promise<string> {
  const overlays = {
    store: store === 'none' ? [] : [store],
    with: [],
    deploy: ['docker', 'compose', 'kubernetes'],
  };
  const answers = { ...todo, template: store === 'none' ? 'blank' : 'todo', port: 4321, overlays };
  const files = await plan({ answers, templates, tooling });
  return String(files.find((file) => file.path === path)?.content);
}

describe.each(['memory', 'sqlite', 'postgres', 'none'])('Kubernetes, store %s', async (store) => {
  const text = await textOf('deploy/kubernetes.yaml', store);
  const documents: Document[] = parseAllDocuments(text).map((document) => document.toJS());
  const [deployment] = documents;
  const kinds = documents.map(({ kind }) => kind);
  const pod = deployment.spec.template.spec;
  const [server] = pod.containers;
  const isOne = store === 'memory' || store === 'sqlite';

  test(isOne ? 'is one replica, never two' : 'is several replicas, rolled one by one', () => {
    expect(deployment.spec.replicas).toBe(isOne ? 1 : undefined);
    expect(deployment.spec.strategy.type).toBe(isOne ? 'Recreate' : 'RollingUpdate');
    for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget'])
      expect(kinds.includes(kind), kind).toBe(!isOne);
  });

  test('runs as an ordinary user who may not write anything', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    for (const container of [...(pod.initContainers ?? []), server])
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  test('is probed at its own paths and port', () => {
    expect(server.ports).toEqual([{ name: 'http', containerPort: 4321 }]);
    expect(server.env).toContainEqual({ name: 'PORT', value: '4321' });
    expect(server.readinessProbe.httpGet.path).toBe('/readyz');
    expect(server.livenessProbe.httpGet.path).toBe('/healthz');
  });

  test('has a volume for SQLite alone, and refers to DATABASE_URL for Postgres alone', () => {
    expect(kinds.includes('PersistentVolumeClaim')).toBe(store === 'sqlite');
    expect(server.volumeMounts).toEqual(
      store === 'sqlite' ? [{ name: 'todos', mountPath: '/app/data' }] : undefined,
    );
    const secret = {
      name: 'DATABASE_URL',
      valueFrom: { secretKeyRef: { name: 'todo-mcp', key: 'DATABASE_URL' } },
    };
    expect(server.env.filter((each: Document) => each.name === 'DATABASE_URL')).toEqual(
      store === 'postgres' ? [secret] : [],
    );
    expect(pod.initContainers?.[0]?.command).toEqual(
      store === 'postgres' ? ['node', 'dist/src/migrate.js'] : undefined,
    );
  });
});

describe.each(['memory', 'sqlite', 'postgres', 'none'])('Compose, store %s', async (store) => {
  const { services, volumes } = parse(await textOf('compose.yaml', store));

  test('terminates TLS in front, and publishes the server nowhere else', () => {
    expect(services.proxy.ports).toEqual(['80:80', '443:443']);
    expect(services.proxy.command).toContain('--to server:4321');
    expect(services.server.ports).toBeUndefined();
    expect(services.server).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    const outside = Object.values<Document>(services).flatMap(({ ports = [] }) => ports);
    expect(outside.filter((port: string) => !/^(?:80:80|443:443|127\.0\.0\.1:.*)$/.test(port))).toEqual([]);
  });

  test('has what its store needs', () => {
    const engines = store === 'postgres' ? ['migrate', 'postgres'] : [];
    expect(Object.keys(services).sort()).toEqual(['proxy', 'redis', 'server', ...engines].sort());
    const kept = { sqlite: ['todos'], postgres: ['postgres'] }[store] ?? [];
    expect(Object.keys(volumes).sort()).toEqual(['certificates', 'redis', ...kept].sort());
    expect(services.server.volumes).toEqual(store === 'sqlite' ? ['todos:/app/data'] : undefined);
  });

  test('has a Redis whose deny list outlives it, and the client for it', async () => {
    expect(services.server.environment.REDIS_URL).toBe('redis://redis:6379');
    expect(services.redis).toMatchObject({
      command: 'redis-server --appendonly yes',
      volumes: ['redis:/data'],
    });
    expect(JSON.parse(await textOf('package.json', store)).dependencies.ioredis).toMatch(/^\^6/);
  });

  test('names every variable of production.env.example, and no other', async () => {
    const example = await textOf('production.env.example', store);
    const named = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const used = [...(await textOf('compose.yaml', store)).matchAll(/\$\{([A-Z_]+)/g)].map(
      ([, name]) => name,
    );
    expect(named.sort()).toEqual([...new Set(used)].sort());
  });

  test('replaces no empty password by that of development', async () => {
    // `${NAME:-default}` would, `${NAME-default}` does so only if nobody has set it.
    expect(await textOf('compose.yaml', store)).not.toMatch(/PASSWORD:-/);
  });

  test('runs what is ours without capabilities, on a read-only file system', () => {
    for (const name of ['server', 'migrate'].filter((each) => each in services))
      expect(services[name]).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
  });

  test('starts the database alone for development, without production.env', () => {
    const started = Object.entries<Document>(services).filter(([, { profiles }]) => profiles === undefined);
    expect(started.map(([name]) => name)).toEqual(store === 'postgres' ? ['postgres'] : []);
  });
});
