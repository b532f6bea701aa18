import { makeProject, makePythonProject } from '../../security/project.ts';
import { type Ground, prepareGround, type ServerSettings, unlimited } from '../../security/server.ts';
import { nodeBinary } from '../../support/packages.ts';
import { Postgres } from '../../support/postgres.ts';
import { mustRun } from '../../support/program.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';

type Environment = Readonly<Record<string, string>>;

/** The todo server in one of the forms in which it is generated. They must all answer alike. */
export interface Flavour {
  readonly name: string;
  /**
   * Starts the server as in production, and the local Scalekit that it trusts; waits until it is ready.
   * @param env in addition to its usual variables.
   */
  start(env?: Environment): Promise<Ground>;
}

/** What a server needs besides its project, and how to remove it. */
interface Beside {
  readonly settings: ServerSettings;
  remove(): Promise<void>;
}

function typescript(name: string, options: readonly string[], beside: () => Promise<Beside>): Flavour {
  return {
    name,
    async start(env) {
      const project = await makeProject('todo', { options });
      const { settings, remove } = await beside();
      try {
        const all = { ...settings, env: { ...unlimited, ...settings.env, ...env } };
        const ground = await prepareGround(project, all);
        return { ...ground, close: () => ground.close().finally(remove) };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}

export const inMemory = typescript('TypeScript', [], async () => ({
  settings: {},
  remove: async () => {},
}));

export const onSqlite = typescript('TypeScript on SQLite', ['--store', 'sqlite'], async () => {
  const directory = await makeDirectory('sqlite');
  return {
    // The first Node.js that has it without a flag is 22.13.
    settings: { node: await nodeBinary(24), env: { SQLITE_FILE: `${directory}/todos.db` } },
    remove: () => removeDirectory(directory),
  };
});

export const inPython: Flavour = {
  name: 'Python',
  start: async (env) => prepareGround(await makePythonProject('todo'), { env: { ...unlimited, ...env } }),
};

const postgresOptions = ['--store', 'postgres'];

export const onPostgres = typescript('TypeScript on Postgres', postgresOptions, async () => {
  const cluster = await Postgres.start();
  const env = { DATABASE_URL: cluster.url() };
  try {
    const project = await makeProject('todo', { options: postgresOptions });
    await mustRun(process.execPath, ['dist/src/migrate.js'], { cwd: project, env });
  } catch (error) {
    await cluster.remove();
    throw error;
  }
  return { settings: { env }, remove: () => cluster.remove() };
});
