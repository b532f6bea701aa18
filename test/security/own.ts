import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeBinary } from '../support/packages.ts';
import { fuzz } from './attack/fuzz.ts';
import { attack, type Outcome } from './attack/run.ts';
import { soak } from './attack/soak.ts';
import { heapOf, measuredHeap } from './heap.ts';
import { isPythonAsked, makeProject, type Template } from './project.ts';
import { prepareGround, unlimited } from './server.ts';

/** The oldest Node.js that is supported, and a newer one. */
export const nodeVersions = [20, 24] as const;
export const templates: readonly Template[] = ['todo', 'blank'];

/** One of our own servers, and the outcome of every case. */
export interface OwnRun {
  readonly template: Template;
  /** What it runs on: `Node 20`, or `Python`. */
  readonly on: string;
  readonly outcomes: readonly Outcome[];
}

/** Generates each template, runs it on each Node.js, or in Python, and sends everything. */
export async function attackOwnServers(
  slow: boolean,
  say: (text: string) => void,
): Promise<readonly OwnRun[]> {
  const runs: OwnRun[] = [];
  for (const template of templates) {
    const project = await makeProject(template);
    for (const node of isPythonAsked() ? [undefined] : nodeVersions) {
      const on = node === undefined ? 'Python' : `Node ${node}`;
      say(`Attacking the ${template} server on ${on} …`);
      const ground = await prepareGround(project, {
        ...(node !== undefined && { node: await nodeBinary(node) }),
        env: unlimited,
      });
      try {
        runs.push({ template, on, outcomes: await attack(ground.target, ground.source, { slow }) });
      } finally {
        await ground.close();
      }
    }
  }
  return runs;
}

/** Sends random requests to both templates' servers. @throws Error with the smallest one that is answered wrongly. */
export async function fuzzOwnServers(requests: number, seed: number | undefined): Promise<void> {
  for (const template of templates) {
    const ground = await prepareGround(await makeProject(template), { env: unlimited });
    try {
      await fuzz(ground.target, ground.source, {
        requests: Math.ceil(requests / templates.length),
        ...(seed === undefined ? {} : { seed }),
      });
    } finally {
      await ground.close();
    }
  }
}

export interface Soaked {
  readonly requests: number;
  readonly seconds: number;
  /** Bytes in use after a full collection: after half of the requests, and after all of them. */
  readonly before: number;
  readonly after: number;
}

/** Sends a day's traffic to the todo server and measures its heap. */
export async function soakOwnServer(requests: number): Promise<Soaked> {
  // The rate counters are part of what is measured; no user reaches these limits.
  const env = {
    REQUESTS_PER_MINUTE: '1000000',
    TOOL_CALLS_PER_MINUTE: '1000000',
    REFUSED_TOKENS_PER_MINUTE: '1000000',
  };
  const ground = await prepareGround(await makeProject('todo'), { env, altered: measuredHeap });
  try {
    const since = performance.now();
    // Half of 100,000 requests bring enough tokens to fill the cache of those that were verified: what grows after that is a leak.
    await soak(ground.target, ground.source, Math.ceil(requests / 2));
    const before = await heapOf(ground.server);
    await soak(ground.target, ground.source, Math.floor(requests / 2));
    const after = await heapOf(ground.server);
    return { requests, seconds: (performance.now() - since) / 1000, before, after };
  } finally {
    await ground.close();
  }
}

/** @returns the versions of the packages that a generated project is built on. */
export async function dependencyVersions(): Promise<ReadonlyMap<string, string>> {
  const project = await makeProject('todo');
  const { dependencies } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const versions = Object.keys(dependencies).map(async (name) => {
    const text = await readFile(join(project, 'node_modules', name, 'package.json'), 'utf8');
    return [name, (JSON.parse(text) as { version: string }).version] as const;
  });
  return new Map(await Promise.all(versions));
}
