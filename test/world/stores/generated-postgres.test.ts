import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { describeGenerated, todoKind } from '../../e2e/describe-generated.ts';
import type { GeneratedProject } from '../../support/generated.ts';
import { lacks } from '../../support/needs.ts';
import { Postgres, postgres } from '../../support/postgres.ts';
import { Program, run } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Addresses as in production; neither is called here. */
const production = {
  NODE_ENV: 'production',
  SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.dev',
  SCALEKIT_RESOURCE_ID: 'res_70000000000000001',
  MCP_URL: 'https://mcp.example.com/',
  LOG_FORMAT: 'json',
};

describe.skipIf(lacks('a generated project with Postgres', [postgres]))('with Postgres', () => {
  let database: Postgres;
  beforeAll(async () => {
    database = await Postgres.start();
  });
  afterAll(() => database?.remove());

  describeGenerated(
    {
      title: 'the todo server',
      options: ['--store', 'postgres', '--name', 'Todo in Postgres'],
      env: async () => ({ DATABASE_URL: database.url() }),
      name: 'Todo in Postgres',
      ...todoKind,
    },
    (made) => {
      let project: GeneratedProject;
      beforeAll(() => {
        project = made();
      });

      /** An empty database, for one test. */
      async function emptyDatabase(name: string): Promise<string> {
        await database.createDatabase(name);
        return database.url(name);
      }

      test('without a database the tests of Postgres are one skip with its reason', async () => {
        const cwd = project.directory;
        expect((await run('npm', ['exec', '--', 'tsc'], { cwd })).code).toBe(0);
        const file = 'dist/compiled/test/postgres-todos.test.js';
        const { code, stdout } = await run(process.execPath, ['--test', file], { cwd });
        expect(code, stdout).toBe(0);
        expect(stdout).toMatch(/^(?:#|ℹ) skipped 1$/m);
        expect(stdout).toContain('DATABASE_URL is not set');
      });

      test('npm run migrate works once, and then there is nothing to do', async () => {
        const env = { DATABASE_URL: await emptyDatabase('migrated') };
        const migrate = () => run('npm', ['run', 'migrate'], { cwd: project.directory, env });
        expect((await migrate()).stdout).toContain('Migrated: 0001-todos.sql');
        const again = await migrate();
        expect(again.stdout).toContain('The database is up to date.');
        expect(again.code).toBe(0);
        const isolation = `SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
          WHERE nspname = 'todo_mcp' AND relkind = 'r' ORDER BY 1`;
        expect(await database.sql(isolation, 'migrated')).toBe('migrations|f|f\nowners|t|t\ntodos|t|t\n');
        const role = `SELECT rolcanlogin, rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class WHERE relowner = r.oid)
          FROM pg_roles r WHERE rolname = 'todo_mcp_access'`;
        expect(await database.sql(role, 'migrated')).toBe('f|f|f|0\n');
      });

      test('a migration that fails changes nothing, and says why without the password', async () => {
        const url = await emptyDatabase('failing');
        await writeFile(
          project.path('migrations/0002-wrong.sql'),
          'CREATE TABLE todo_mcp.other (); SELECT nothing;',
        );
        onTestFinished(() => run('rm', [project.path('migrations/0002-wrong.sql')]).then(() => {}));
        const failed = await run('npm', ['run', 'migrate'], {
          cwd: project.directory,
          env: { DATABASE_URL: url },
        });
        expect(failed.code).toBe(1);
        expect(failed.stderr).toMatch(/not migrated; nothing was changed: column "nothing" does not exist/);
        expect(failed.stdout + failed.stderr).not.toContain(new URL(url).password);
        expect(await database.sql(`SELECT to_regclass('todo_mcp.todos') IS NULL`, 'failing')).toBe('t\n');
      });

      test('the image: refuses a database that is behind, migrates it, and serves', async () => {
        const image = await project.image();
        const env = { ...production, PORT: `${project.port}`, DATABASE_URL: await emptyDatabase('image') };
        const start = (program: string) => {
          const started = new Program(process.execPath, [`dist/src/${program}.js`], { cwd: image, env });
          onTestFinished(() => started.kill());
          return started;
        };
        const refused = await start('main').ended();
        expect(refused.code).toBe(1);
        expect(refused.stderr).toContain('The database lacks 0001-todos.sql. Next: npm run migrate');

        // Several replicas may do this at once.
        const migrated = await Promise.all([1, 2, 3].map(() => start('migrate').ended()));
        expect(migrated.map(({ code }) => code)).toEqual([0, 0, 0]);
        expect(migrated.filter(({ stdout }) => stdout.includes('Migrated: 0001'))).toHaveLength(1);

        const server = start('main');
        await server.says(/"event":"listening"/);
        expect(server.stderr).not.toMatch(/database_superuser|todo_mcp:todo_mcp/);
      });

      test('a superuser in DATABASE_URL is a warning', async () => {
        expect((await project.built()).code).toBe(0);
        await database.createDatabase('powerful');
        const server = new Program(process.execPath, ['dist/src/main.js'], {
          cwd: project.directory,
          env: { DATABASE_URL: database.url('powerful', 'postgres'), LOG_FORMAT: 'json' },
        });
        onTestFinished(() => server.kill());
        await server.says(/"event":"listening"/);
        expect(server.stderr).toMatch(/"event":"database_superuser".*signs in as postgres/);
      });

      test.each([
        ['', 'DATABASE_URL is missing. Expected: postgres://'],
        ['mysql://root:geheim@localhost/x', 'DATABASE_URL is not a URL that begins with postgres://'],
      ])('DATABASE_URL=%s stops the start', async (url, says) => {
        expect((await project.built()).code).toBe(0);
        const env = { ...production, PORT: `${project.port}`, DATABASE_URL: url };
        const cwd = await temporaryDirectory();
        const ended = await run(process.execPath, [project.path('dist/src/main.js')], { cwd, env });
        expect(ended.code).toBe(1);
        expect(ended.stderr).toContain(says);
        expect(ended.stderr).not.toContain('geheim');
      });
    },
  );
});
