import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { type Facts, noFacts } from '../../src/doctor/facts/index.ts';
import { tryFixes } from '../../src/doctor/fix/trial.ts';
import { gatherProject } from '../../src/doctor/gather/project/project.ts';
import type { CheckResult } from '../../src/doctor/model.ts';
import { everything } from '../../src/doctor/selection.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { signal } = new AbortController();

const server = `from dotenv import load_dotenv
from fastmcp import FastMCP
load_dotenv()
mcp = FastMCP("x", auth=ScalekitProvider(environment_url=os.getenv("SCALEKIT_ENVIRONMENT_URL"), resource_id=os.getenv("SCALEKIT_RESOURCE_ID"), base_url=os.getenv("MCP_URL")))
mcp.run(transport="http", port=int(os.getenv("PORT", "3002")))
`;

async function project(env: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await temporaryDirectory();
  const files = {
    '.env': env,
    'requirements.txt': 'fastmcp==4.2.3\npython-dotenv\n',
    'server.py': server,
    ...more,
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text, { mode: 0o600 });
  }
  return directory;
}

async function examine(directory: string): Promise<{ facts: Facts; results: readonly CheckResult[] }> {
  const facts = { ...noFacts('Nothing was asked'), project: await gatherProject(directory, {}) };
  return { facts, results: diagnose(facts, { selection: everything, failOn: 'error' }).results };
}

const good = 'SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_RESOURCE_ID=res_1\n';

describe('fixes are tried on a copy', () => {
  test('a fix is accepted if the finding disappears and no other appears', async () => {
    const directory = await project(`${good}PORT=3002\nMCP_URL=http://localhost:3002/mcp\n`);
    const { facts, results } = await examine(directory);
    const tried = await tryFixes({ directory, env: {}, facts, results, signal });
    expect(tried.good.map(({ code }) => code)).toEqual(['SKM109']);
    expect(tried.refused).toEqual([]);
    // Only the copy was changed.
    expect(await readFile(join(directory, '.env'), 'utf8')).toContain('MCP_URL=http://localhost:3002/mcp');
  });

  test('an edit that leads to another finding is refused with that finding', async () => {
    const directory = await project(`${good}PORT=3002\nMCP_URL=http://localhost:3002/mcp\n`);
    const { facts, results } = await examine(directory);
    const worse = results.map((result) =>
      result.code === 'SKM109'
        ? {
            ...result,
            edits: [
              {
                kind: 'set-variable',
                file: '.env',
                variable: 'MCP_URL',
                value: 'http://localhost:4000/',
              } as const,
            ],
          }
        : result,
    );
    const tried = await tryFixes({ directory, env: {}, facts, results: worse, signal });
    expect(tried.good).toEqual([]);
    expect(tried.refused).toMatchObject([{ code: 'SKM109', reason: expect.stringContaining('SKM112') }]);
  });

  test('an edit that fixes nothing is refused', async () => {
    const directory = await project(`${good}PORT=3002\nMCP_URL=http://localhost:3002/mcp\n`);
    const { facts, results } = await examine(directory);
    const idle = results.map((result) =>
      result.code === 'SKM109'
        ? { ...result, edits: [{ kind: 'append-line', file: '.gitignore', text: '.env' } as const] }
        : result,
    );
    const tried = await tryFixes({ directory, env: {}, facts, results: idle, signal });
    expect(tried.refused).toMatchObject([{ code: 'SKM109', reason: 'it would still be found afterwards' }]);
  });

  test('the second edit is tried on the result of the first', async () => {
    const directory = await project(
      'SCALEKIT_ENVIRONMENT_URL=“https://acme.scalekit.dev”\nSCALEKIT_RESOURCE_ID=res_1\nPORT=3003\nMCP_URL=http://localhost:3002\n',
    );
    const { facts, results } = await examine(directory);
    const tried = await tryFixes({ directory, env: {}, facts, results, signal });
    expect(tried.good.map(({ code }) => code).sort()).toEqual(['SKM108', 'SKM112', 'SKM118']);
  });
});
