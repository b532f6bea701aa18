import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { callTool } from '../../security/call.ts';
import { makePythonProject } from '../../security/project.ts';
import { type RunningServer, startServer } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/program.ts';
import { type RedisServer, redisNeed, startRedis } from '../../support/redis.ts';
import { scalekitProgram } from '../../support/repository.ts';
import { until } from '../../support/waiting.ts';
import { ownProject } from './own.ts';

/** Several processes of one server in Python: what they share through Redis, and what clients carry from one to the other. */

interface Site {
  readonly emulator: Emulator;
  readonly replicas: readonly RunningServer[];
}

/** Starts processes of one server, each at a port of its own. */
async function startSite(project: string, env: Record<string, string>, count = 2): Promise<Site> {
  const port = await freePort();
  const emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
  onTestFinished(() => emulator.close());
  const replicas: RunningServer[] = [];
  onTestFinished(async () => void (await Promise.all(replicas.map((each) => each.stop()))));
  for (let number = 0; number < count; number += 1) {
    const common = { ...env, MCP_URL: `http://localhost:${port}/` };
    replicas.push(await startServer(project, emulator, { env: common }));
  }
  await Promise.all(replicas.map((each) => each.whenReady()));
  return { emulator, replicas };
}

const statusOf = async ({ endpoint }: RunningServer, token: string) =>
  (await callTool(endpoint, token, 'list_todos')).status;

describe.skipIf(lacks('several processes in Python', [...pythonNeeds, redisNeed]))(
  'with REDIS_URL, processes in Python',
  () => {
    let project: string;
    beforeAll(async () => {
      project = await makePythonProject('todo', ['redis>=8,<9']);
    });

    let redis: RedisServer | undefined;
    afterEach(async () => {
      await redis?.kill();
      redis = undefined;
    });

    const events = (replicas: readonly RunningServer[]) =>
      replicas
        .flatMap(({ log }) => log.map(({ event }) => event))
        .filter((event) => /limits/.test(`${event}`));

    /** @returns how many of a number of calls were let through, sent to the processes in turn. */
    async function passed(replicas: readonly RunningServer[], token: string, calls: number): Promise<number> {
      let count = 0;
      for (let call = 0; call < calls; call += 1) {
        const replica = replicas[call % replicas.length] as RunningServer;
        if ((await statusOf(replica, token)) === 200) count += 1;
      }
      return count;
    }

    test('count together; without it each counts for itself, says so once, and shares again', async () => {
      redis = await startRedis();
      const { url } = redis;
      // Redis forgets with its end what it has counted.
      const { emulator, replicas } = await startSite(project, { REDIS_URL: url, TOOL_CALLS_PER_MINUTE: '6' });
      const token = (subject: string) => emulator.mint({ subject });
      expect(await passed(replicas, await token('usr_1'), 10)).toBe(6);
      expect(await passed(replicas, await token('usr_2'), 1), 'another user').toBe(1);
      expect(events(replicas)).toEqual([]);

      await redis.kill();
      expect(await passed(replicas, await token('usr_3'), 16), 'six in each').toBe(12);
      expect(events(replicas)).toEqual(['limits_not_shared', 'limits_not_shared']);

      redis = await startRedis(Number(new URL(url).port));
      let user = 10;
      await until('they share again', async () => {
        user += 1;
        await passed(replicas, await token(`usr_${user}`), 2);
        return events(replicas).filter((event) => event === 'limits_shared').length === 2;
      });
      expect(await passed(replicas, await token('usr_4'), 10)).toBe(6);
    });

    test('refuse whom `scalekit-mcp deny` has denied within 5 seconds, also when Redis is gone', async () => {
      redis = await startRedis();
      const env = { REDIS_URL: redis.url };
      const { emulator, replicas } = await startSite(project, env);
      const [denied, other] = [
        await emulator.mint({ subject: 'usr_1' }),
        await emulator.mint({ subject: 'usr_2' }),
      ];
      const all = (token: string, status: number) =>
        until(`${status} of all`, async () => {
          const statuses = await Promise.all(replicas.map((replica) => statusOf(replica, token)));
          return statuses.every((each) => each === status);
        });
      await all(denied, 200);
      const settings = { ...env, SCALEKIT_RESOURCE_ID: emulator.resourceId };
      const deny = (until: string) =>
        run(process.execPath, [scalekitProgram, 'deny', 'usr_1', '--until', until, '--yes'], {
          cwd: project,
          env: settings,
        });
      expect(await deny('1h')).toMatchObject({ code: 0 });
      await all(denied, 401);
      expect(await Promise.all(replicas.map((replica) => statusOf(replica, other)))).toEqual([200, 200]);
      expect(await deny('now')).toMatchObject({ code: 0 });
      await all(denied, 200);
      expect(await deny('1h')).toMatchObject({ code: 0 });
      await all(denied, 401);

      const { url } = redis;
      await redis.kill();
      await until('all say so', async () => {
        for (const replica of replicas) expect(await statusOf(replica, denied)).toBe(401);
        return replicas.every(({ log }) => log.some(({ event }) => event === 'deny_list_unavailable'));
      });
      redis = await startRedis(Number(new URL(url).port));
      await all(denied, 401);
      await all(other, 200);
    });

    test('let nobody in while the deny list has never been read', async () => {
      const emulator = await startEmulator();
      onTestFinished(() => emulator.close());
      const nowhere = `redis://127.0.0.1:${await freePort()}`;
      const replica = await startServer(project, emulator, { env: { REDIS_URL: nowhere } });
      onTestFinished(() => replica.stop());
      await replica.listening();
      expect(await statusOf(replica, await emulator.mint())).toBe(503);
    });
  },
);

const asking = `
from fastmcp import Context
from fastmcp.tools import tool
from mcp_types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult
from scopes import requires

@tool(auth=requires("todo:read"))
async def ask(ctx: Context) -> str:
    """Asks a person."""
    if ctx.request_state:
        return f"carried {ctx.request_state}"
    schema = {"type": "object", "properties": {"sure": {"type": "boolean"}}}
    form = ElicitRequestFormParams(message="Sure?", requested_schema=schema)
    return InputRequiredResult(input_requests={"sure": ElicitRequest(params=form)}, request_state="the first round")
`;

describe.skipIf(lacks('what clients of Python servers carry', pythonNeeds))('what a client carries', () => {
  const askAt = async ({ endpoint }: RunningServer, token: string, carried: object = {}) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'ask',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name: 'ask',
          arguments: {},
          ...carried,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
          },
        },
      }),
    });
    return (await response.json()) as {
      result?: { resultType: string; requestState?: string; content?: ReadonlyArray<{ text: string }> };
      error?: { message: string };
    };
  };

  async function rounds(env: Record<string, string>) {
    const project = await makePythonProject('todo');
    const list = await readFile(join(project, 'tools/__init__.py'), 'utf8');
    const own = await ownProject(project, {
      'tools/ask.py': asking,
      'tools/__init__.py': list
        .replace('from tools.create_todo', 'from tools.ask import ask\nfrom tools.create_todo')
        .replace('    create_todo,', '    ask,\n    create_todo,'),
    });
    const { emulator, replicas } = await startSite(own, env);
    const [one, two] = replicas as [RunningServer, RunningServer];
    const token = await emulator.mint();
    const { result } = await askAt(one, token);
    expect(result).toMatchObject({ resultType: 'input_required' });
    const answers = { inputResponses: { sure: { action: 'accept', content: { sure: true } } } };
    const carried = { ...answers, requestState: result?.requestState };
    return {
      same: await askAt(one, token, carried),
      other: await askAt(two, token, carried),
      stranger: await askAt(two, await emulator.mint({ subject: 'usr_other' }), carried),
    };
  }

  test('is taken by every process with the same STATE_SECRET, and from its own user alone', async () => {
    const { same, other, stranger } = await rounds({ STATE_SECRET: 'x'.repeat(32) });
    for (const { result } of [same, other])
      expect(result?.content?.[0]?.text).toBe('carried the first round');
    expect(stranger.error?.message).toBeDefined();
  });

  test('is taken by the process that gave it alone, without one', async () => {
    const { same, other } = await rounds({});
    expect(same.result?.content?.[0]?.text).toBe('carried the first round');
    expect(other.error?.message).toBeDefined();
  });
});
