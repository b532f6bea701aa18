// Limits that replicas share, in a real Postgres.
import { describe, expect, onTestFinished, test } from 'vitest';
import { Limits } from '../../src/server/limits.ts';
import { lacks } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { Postgres, postgres } from '../support/postgres.ts';
import { describeSharedLimits, type Engine } from './shared-limits.ts';

async function start(): Promise<Engine> {
  const database = await Postgres.start();
  return {
    name: 'Postgres',
    option: 'databaseUrl',
    url: database.url(),
    // At once, as a crash would be: what was counted is gone.
    kill: () => database.stop('SIGQUIT'),
    restart: () => database.restart(),
    remove: () => database.remove(),
  };
}

describe.skipIf(lacks('limits that replicas share in Postgres', [postgres]))(
  'limits with a Postgres',
  async () => {
    describeSharedLimits(start, { option: 'databaseUrl', url: `postgres://127.0.0.1:${await freePort()}/x` });

    test('are counted in a table that an administrator made, by a role that may not create tables', async () => {
      const database = await Postgres.start();
      onTestFinished(() => database.remove());
      await database.sql("CREATE ROLE poor LOGIN PASSWORD 'todo_mcp'");
      const databaseUrl = database.url('postgres', 'poor');
      const events: string[] = [];
      const messages: unknown[] = [];
      const limits = new Limits({ toolCallsPerMinute: 1, databaseUrl }, 'x', (_level, event, details) => {
        events.push(event);
        messages.push(details?.message);
      });
      onTestFinished(() => limits.close());
      await limits.toolCall('ada');
      expect(events).toEqual(['limits_not_shared']);
      expect(messages[0]).toMatch(/^Postgres does not count \(permission denied for database postgres\)/);

      await database.sql(
        `CREATE SCHEMA scalekit_mcp; GRANT USAGE ON SCHEMA scalekit_mcp TO poor;
       CREATE UNLOGGED TABLE scalekit_mcp.limits (key text PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint);
       GRANT SELECT, INSERT, UPDATE, DELETE ON scalekit_mcp.limits TO poor`,
      );
      const other = new Limits({ toolCallsPerMinute: 1, databaseUrl }, 'x', (_level, event) =>
        events.push(event),
      );
      onTestFinished(() => other.close());
      expect(await other.toolCall('bob')).toBeUndefined();
      expect(await other.toolCall('bob')).toBeGreaterThan(0);
      expect(events).toEqual(['limits_not_shared']);
      expect(await database.sql('SELECT count(*), max(points) FROM scalekit_mcp.limits')).toBe('1|2\n');
    });
  },
);
