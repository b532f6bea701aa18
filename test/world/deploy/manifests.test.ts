import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { loadTemplates } from '../../../src/create/packed.ts';
import { plan } from '../../../src/create/plan.ts';
import { todo, tooling } from '../../create/snapshot-cases.ts';
import { LaidOutImage } from '../../security/image.ts';
import { makeProject } from '../../security/project.ts';
import { lacks } from '../../support/needs.ts';
import { npmPackages, pythonNeeds, pythonPackages } from '../../support/packages.ts';
import { type Ended, run } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { blockOf } from './pages.ts';

/** The files in docs/deploy/: checked against their published schemas, and started as the image would be. */

type Pairs = ReadonlyArray<{ readonly name?: string; readonly key?: string; readonly value: string }>;

const asVariables = (pairs: Pairs) =>
  Object.fromEntries(pairs.map(({ name, key, value }) => [name ?? key ?? '', value]));

/** biome-ignore lint/suspicious/noExplicitAny: documents of any form; the schemas say which. */
type Document = any;
const documents = (page: string): Document[] =>
  parseAllDocuments(blockOf(page, 'yaml')).map((document) => document.toJS());

describe.skipIf(lacks('the schemas of platforms', pythonNeeds))('the schemas', () => {
  let python: string;
  beforeAll(async () => {
    python = await pythonPackages(['check-jsonschema==0.39.0', 'kubernetes-validate==1.37.0']);
  });
  const check = async (tool: string, args: readonly string[], content: string): Promise<Ended> => {
    const file = join(await temporaryDirectory(), 'file.yaml');
    await writeFile(file, content);
    return run(join(dirname(python), tool), [...args, file]);
  };
  const compose = (content: string) =>
    check('check-jsonschema', ['--builtin-schema', 'vendor.compose-spec'], content);
  const kubernetes = (content: string) => check('kubernetes-validate', ['-k', '1.33', '--strict'], content);

  test('of Compose accept compose.md, and no misspelt key', async () => {
    const text = blockOf('compose.md', 'yaml');
    const { code, stdout, stderr } = await compose(text);
    expect(code, stdout + stderr).toBe(0);
    expect((await compose(text.replace('depends_on', 'depend_on'))).code).not.toBe(0);
  });

  test('of Kubernetes accept kubernetes.md, strictly', async () => {
    const text = blockOf('kubernetes.md', 'yaml');
    const { code, stdout, stderr } = await kubernetes(text);
    expect(code, stdout + stderr).toBe(0);
    for (const [right, wrong] of [
      ['enableServiceLinks: false', 'enableServiceLink: false'],
      ['replicas: 1', "replicas: 'one'"],
      ['pathType', 'pathTyp'],
    ] as const)
      expect((await kubernetes(text.replace(right, wrong))).code, wrong).not.toBe(0);
  });

  describe.each(['memory', 'sqlite', 'postgres', 'none'])('accept what is generated, store %s:', (store) => {
    const generated = async (path: string) => {
      const overlays = {
        store: store === 'none' ? [] : [store],
        with: [],
        deploy: ['docker', 'compose', 'kubernetes'],
      };
      const answers = { ...todo, template: store === 'none' ? 'blank' : 'todo', overlays };
      const files = await plan({ answers, templates: loadTemplates(answers.language), tooling });
      return String(files.find((file) => file.path === path)?.content);
    };

    test('compose.yaml', async () => {
      const text = await generated('compose.yaml');
      const { code, stdout, stderr } = await compose(text);
      expect(code, stdout + stderr).toBe(0);
      expect((await compose(text.replace('cap_drop', 'cap_dropp'))).code).not.toBe(0);
    });

    test('deploy/kubernetes.yaml, strictly', async () => {
      const text = await generated('deploy/kubernetes.yaml');
      const { code, stdout, stderr } = await kubernetes(text);
      expect(code, stdout + stderr).toBe(0);
      expect((await kubernetes(text.replace('runAsNonRoot', 'runAsNonRot'))).code).not.toBe(0);
    });
  });

  test('of Kubernetes accept the containers of cloud-run.md', async () => {
    const [service] = documents('cloud-run.md');
    expect(service).toMatchObject({ apiVersion: 'serving.knative.dev/v1', kind: 'Service' });
    const { containerConcurrency, timeoutSeconds, ...spec } = service.spec.template.spec;
    expect([containerConcurrency, timeoutSeconds]).toEqual([80, 300]);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: service.metadata, spec };
    const { code, stdout, stderr } = await kubernetes(stringify(pod));
    expect(code, stdout + stderr).toBe(0);
  });

  test('fly.toml is TOML, and its paths and its port are the server’s', async () => {
    const script = 'import json, sys, tomllib; print(json.dumps(tomllib.load(open(sys.argv[1], "rb"))))';
    const file = join(await temporaryDirectory(), 'fly.toml');
    await writeFile(file, blockOf('fly.md', 'toml'));
    const { code, stdout, stderr } = await run(python, ['-c', script, file]);
    expect(code, stderr).toBe(0);
    const { env, http_service: http, kill_signal } = JSON.parse(stdout);
    expect(String(http.internal_port)).toBe(env.PORT);
    expect(http.checks).toMatchObject([{ path: '/readyz' }]);
    expect(kill_signal).toBe('SIGTERM');
    await answersAt(env);
  });
});

test('the schema of Knative accepts cloud-run.md', async () => {
  const packages = await npmPackages(['@kubernetes-models/knative@4.0.0']);
  const file = join(packages, 'node_modules/@kubernetes-models/knative/serving.knative.dev/v1/index.js');
  const { Service } = await import(pathToFileURL(file).href);
  const service = documents('cloud-run.md')[0];
  new Service(service).validate();
  service.spec.template.spec.containers[0].ports[0].containerPort = 'http';
  expect(() => new Service(service).validate()).toThrow(/containerPort/);
});

/** Finds a probe anywhere in a document. */
function probesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'httpGet' ? [String((each as { path: string }).path)] : probesIn(each),
  );
}

let image: LaidOutImage;
beforeAll(async () => {
  image = await LaidOutImage.of(await makeProject('todo'));
  return () => image.remove();
});

/** Starts the image's last stage with a page's variables, except the port. @throws if a path of the page is not served. */
async function answersAt({ PORT: _, ...env }: Record<string, string>, paths = ['/healthz']): Promise<void> {
  const { port, program } = await image.start(env);
  await program.says(new RegExp(`ready at ${env.MCP_URL}mcp`));
  for (const path of paths) {
    const { status } = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { host: '10.0.0.7' } });
    // This Scalekit does not exist, so there are no keys.
    expect(status, path).toBe(path === '/readyz' ? 503 : 200);
  }
}

describe('the variables and probes are the server’s', () => {
  test.each(['cloud-run.md', 'kubernetes.md'])('%s', async (page) => {
    const [first] = documents(page);
    const [container] = first.spec.template.spec.containers;
    const [{ containerPort }] = container.ports;
    expect(containerPort).toBe(3002);
    const paths = [...new Set(probesIn(first))].sort();
    expect(paths).toEqual(['/healthz', '/readyz']);
    await answersAt(asVariables(container.env), paths);
  });

  test('render.md', async () => {
    const { services } = parse(blockOf('render.md', 'yaml'));
    const [{ envVars, healthCheckPath, runtime, numInstances }] = services;
    expect([healthCheckPath, runtime, numInstances]).toEqual(['/readyz', 'docker', 1]);
    await answersAt(asVariables(envVars), [healthCheckPath]);
  });
});
