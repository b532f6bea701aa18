import { join } from 'node:path';
import { describe } from 'vitest';
import { describeAttack } from '../../security/attack-suite.ts';
import { patient } from '../../security/clock.ts';
import { describeOwnership } from '../../security/ownership.ts';
import { makeProject } from '../../security/project.ts';
import { type Ground, prepareGround, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { nodeBinary } from '../../support/packages.ts';
import { Postgres, postgres } from '../../support/postgres.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';

/** The attacks that the store in memory withstands, on the other stores. */

/** A server whose database engine ends with it. */
async function withEngine(
  start: (env: Readonly<Record<string, string>>) => Promise<Ground>,
  engine: { readonly env: Readonly<Record<string, string>>; readonly remove: () => Promise<void> },
): Promise<Ground> {
  try {
    const ground = await start({ ...unlimited, ...engine.env });
    const close = async () => {
      await ground.close();
      await engine.remove();
    };
    return { ...ground, close };
  } catch (error) {
    await engine.remove();
    throw error;
  }
}

async function withPostgres(): Promise<Ground> {
  const project = await makeProject('todo', { options: ['--store', 'postgres'] });
  const database = await Postgres.start();
  return withEngine((env) => prepareGround(project, { env, altered: patient }), {
    env: { DATABASE_URL: database.url() },
    remove: () => database.remove(),
  });
}

async function withSqlite(): Promise<Ground> {
  const project = await makeProject('todo', { options: ['--store', 'sqlite'] });
  const node = await nodeBinary(24);
  const folder = await makeDirectory('sqlite');
  return withEngine((env) => prepareGround(project, { node, env, altered: patient }), {
    env: { SQLITE_FILE: join(folder, 'todos.db') },
    remove: () => removeDirectory(folder),
  });
}

describe.skipIf(lacks('attacks on a server with Postgres', [postgres]))('with Postgres', () => {
  describeAttack('the todo server', withPostgres);
  describeOwnership('todos', withPostgres);
});

describe('with SQLite', () => {
  describeAttack('the todo server', withSqlite);
  describeOwnership('todos', withSqlite);
});
