import { quote } from '../../project/source-text.ts';
import { onlyReads, titleOf } from './hints.ts';
import type { FeatureRequest } from './request.ts';

/** The files that a new tool starts from, in the style of the generated ones: they compile, and their tests pass, as they are. */

/** Where the generated files are, as seen from a tool and from a test. */
const scopesOfTool = '../scopes.ts';
const fromTest = {
  scopes: '../src/scopes.ts',
  tools: '../src/tools/index.ts',
  support: './support.ts',
} as const;

export const listOf = (scopes: readonly string[]) => `[${scopes.map(quote).join(', ')}]`;

/** Only the owner knows what a tool does to the world; its scopes are the best guess. */
function hintsFor(scopes: readonly string[]): string {
  return onlyReads(scopes)
    ? '{ readOnlyHint: true, destructiveHint: false, openWorldHint: false }'
    : '{ readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false }';
}

/** @returns `src/tools/<file>.ts`. */
export function toolSource({ name, identifier, scopes }: FeatureRequest): string {
  return `// A starting point: say what ${name} is for, what it takes and returns, and make \`run\` do it.
import * as z from 'zod';
import { tool } from '${scopesOfTool}';

export const ${identifier} = tool({
  name: '${name}',
  title: '${titleOf(name)}',
  // A model reads this to decide whether to use the tool.
  description: 'Says who called it.',
  // The names come from src/scopes.ts. All scopes that are listed here are required.
  scopes: ${listOf(scopes)},
  input: z.object({
    message: z.string().max(200).optional().describe('Any text; it is returned'),
  }),
  output: z.object({
    message: z.string(),
    subject: z.string(),
  }),
  // Clients show these hints to people before a call: change them with what the tool does.
  annotations: ${hintsFor(scopes)},
  async run({ message = 'Hello' }, { user }) {
    return { message, subject: user.subject };
  },
});
`;
}

/**
 * @param testing the specifier from which this project's tests import what they start from.
 * @returns `test/<file>.test.ts`.
 */
export function testSource({ name, scopes }: FeatureRequest, testing: string): string {
  return `// ${name}: what it does, and that it is refused without its scopes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { denials } from '${testing}';
import { scopes } from '${fromTest.scopes}';
import { tools } from '${fromTest.tools}';
import { startServer, type TestServer } from '${fromTest.support}';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

describe('${name}', () => {
  it('is allowed with its scopes', async () => {
    const caller = { scopes: ${listOf(scopes)}, subject: 'usr_1' };
    const { status, result } = await server.call('${name}', { message: 'Hi' }, caller);
    assert.equal(status, 200);
    assert.deepEqual(result, { message: 'Hi', subject: 'usr_1' });
  });

  const own = tools.filter(({ listing }) => listing.name === '${name}');
  for (const { missing, granted, error } of denials(own, scopes)) {
    it(\`is denied without \${missing}\`, async () => {
      const answer = await server.call('${name}', {}, { scopes: granted });
      assert.deepEqual([answer.status, answer.error], [403, error]);
    });
  }
});
`;
}

/** A tool's arguments in the README's table. */
export const argumentsOfStart = '(message?)';
