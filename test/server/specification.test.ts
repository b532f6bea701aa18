// What MCP 2026-07-28 asks of a server, statement by statement, by raw HTTP.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';
import { type Ground, openGround } from './specification/ground.ts';
import { statements } from './specification/statements.ts';
import { withSection } from './specification/table.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.stop());

test('docs/conformance.md lists them (-u writes it)', async () => {
  const page = readFileSync(join(repository, 'docs/conformance.md'), 'utf8');
  await expect(withSection(page)).toMatchFileSnapshot('../../docs/conformance.md');
});

describe.each([...new Set(statements.map(({ page }) => page))])('%s', (page) => {
  for (const { level, says, held } of statements.filter((each) => each.page === page))
    test(`${level}: ${says}`, async () => {
      if (typeof held === 'function') await held(ground);
      else expect(existsSync(join(repository, held)), held).toBe(true);
    });
});
