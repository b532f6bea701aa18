import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeProject } from '../../security/project.ts';
import { type Ground, prepareGround, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { npmPackages, pythonNeeds, pythonPackages } from '../../support/packages.ts';
import { run } from '../../support/program.ts';

/** Frameworks that are given a token by the application around them: the table in docs/clients.md. */

interface Framework {
  readonly name: string;
  readonly packages: readonly string[];
  readonly program: string;
  /** What the application gets for a call whose scope the token lacks. */
  readonly refused: RegExp;
}

/** The server's own sentence. */
const said = /Insufficient permissions: `todo:write` scope required\./;
/** From the challenge, by the official TypeScript SDK. */
const named = /InsufficientScopeError: Insufficient scope: required "todo:read todo:write"/;

const onNode: readonly Framework[] = [
  {
    name: 'LangChain.js',
    packages: ['@langchain/mcp-adapters@1.1.4', '@langchain/core@1'],
    program: 'langchain.js',
    refused: said,
  },
  { name: 'Mastra', packages: ['@mastra/mcp@2.0.0', '@mastra/core@1'], program: 'mastra.js', refused: named },
  {
    name: 'OpenAI Agents for JavaScript',
    packages: ['@openai/agents@0.20.0', 'zod@4'],
    program: 'openai_agents.js',
    refused: named,
  },
];

const inPython: readonly Framework[] = [
  // Version 1 of the Python SDK ends the connection at a 403, without its words.
  {
    name: 'LangChain',
    packages: ['langchain-mcp-adapters==0.3.2', 'mcp==1.30.0'],
    program: 'langchain.py',
    refused: /ExceptionGroup/,
  },
  {
    name: 'OpenAI Agents for Python',
    packages: ['openai-agents==0.24.0', 'mcp==2.3.0'],
    program: 'openai_agents.py',
    refused: said,
  },
  {
    name: 'Pydantic AI',
    packages: ['pydantic-ai-slim[mcp]==2.68.0', 'mcp==2.3.0'],
    program: 'pydantic_ai_tools.py',
    refused: said,
  },
];

const ours = (program: string) => fileURLToPath(new URL(`frameworks/${program}`, import.meta.url));

let ground: Ground;
beforeAll(async () => {
  ground = await prepareGround(await makeProject('todo'), { env: unlimited });
  return () => ground.close();
});

/** Lists and calls, with a token for reading alone. */
async function expectTools({ refused }: Framework, command: string, args: readonly string[]): Promise<void> {
  const token = await ground.emulator.mint({ scopes: ['todo:read'] });
  const env = { PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout, stderr } = await run(command, [...args, ground.server.endpoint, token], { env });
  const line = stdout.split('\n').find((each) => each.startsWith('{'));
  expect(line, stderr).toBeDefined();
  const seen = JSON.parse(line ?? '');
  const tools = ['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'];
  expect([...seen.tools].sort()).toEqual(tools);
  expect(seen.refused).toMatch(refused);
  for (const answer of [seen.allowed, seen.again]) {
    expect(answer).toContain('todos');
    expect(answer).not.toMatch(/Error|Exception/);
  }
}

describe('frameworks with a token', { timeout: 600_000 }, () => {
  test.each(onNode)('$name lists, calls, is refused and goes on', async (framework) => {
    const folder = await npmPackages(framework.packages);
    await expectTools(framework, process.execPath, [ours(framework.program), folder]);
  });

  test.skipIf(lacks('frameworks in Python', pythonNeeds)).each(inPython)(
    '$name lists, calls, is refused and goes on',
    async (framework) => {
      const python = await pythonPackages(framework.packages);
      await expectTools(framework, python, [ours(framework.program)]);
    },
  );
});
