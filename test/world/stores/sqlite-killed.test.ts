import { expect, test } from 'vitest';
import { complaintsOfSqlite, killSqlite } from './sqlite-killed.ts';

test('a server with SQLite, killed 50 times under load, loses nothing that it acknowledged', async () => {
  const run = await killSqlite();
  expect(complaintsOfSqlite(run)).toEqual([]);
  expect(run.rounds).toBe(50);
  expect(run.acknowledged).toBeGreaterThanOrEqual(50 * 10);
});
