import type { PackageEdit } from '../../json.ts';
import type { Overlay } from '../../language.ts';
import { docker, memory } from '../overlays.ts';

const anywhere = ['todo', 'blank'];

/** All overlays of TypeScript projects. A new one is a folder in `templates/typescript/` and a row here. */
export const overlays: ReadonlyArray<Overlay<PackageEdit>> = [
  memory,
  {
    option: 'store',
    value: 'sqlite',
    label: 'SQLite',
    hint: 'a file; needs Node.js 22.13',
    templates: ['todo'],
    needsNode: '22.13',
    oneProcess: true,
    variables: [
      {
        name: 'SQLITE_FILE',
        value: 'data/todos.db',
        comment: 'The file that todos are kept in; it is created if it does not exist.',
        optional: true,
      },
    ],
    edit: { engines: { node: '>=22.13' }, devDependencies: { '@types/node': '^22.19.0' } },
  },
  {
    option: 'store',
    value: 'postgres',
    label: 'Postgres',
    hint: 'for several replicas',
    templates: ['todo'],
    // Its tests work with the store in memory if there is no database.
    layers: ['store-memory', 'store-postgres'],
    variables: [
      {
        name: 'DATABASE_URL',
        value: 'postgres://todo_mcp:todo_mcp@localhost:5432/todo_mcp',
        comment:
          'The Postgres database that todos are kept in; ?sslmode=verify-full at the end asks for TLS.',
        engine: { name: 'Postgres', port: 5432 },
      },
    ],
    edit: {
      scripts: {
        build: `tsc --noEmit && rolldown -c rolldown.config.ts && node -e "fs.cpSync('migrations', 'dist/src/migrations', { recursive: true })"`,
        migrate: 'tsc && node dist/compiled/src/migrate.js',
      },
      dependencies: { pg: '^8.23.1' },
      devDependencies: { '@types/pg': '^8.23.1' },
    },
    programs: ['migrate'],
  },
  { option: 'with', value: 'resources', label: 'Resources', hint: 'what clients read', templates: ['blank'] },
  { option: 'with', value: 'prompts', label: 'Prompts', hint: 'what people choose', templates: ['blank'] },
  {
    option: 'with',
    value: 'organizations',
    label: 'Organizations',
    hint: 'data that members share',
    templates: ['blank'],
  },
  docker,
  {
    option: 'deploy',
    value: 'compose',
    label: 'Compose',
    templates: anywhere,
    // Owners develop with Postgres in a container.
    isDefaultWith: ['postgres'],
    implies: ['docker'],
    // What its REDIS_URL needs.
    edit: { dependencies: { ioredis: '^6.0.0' } },
  },
  { option: 'deploy', value: 'kubernetes', label: 'Kubernetes', templates: anywhere, implies: ['docker'] },
];
