import type { PackageEdit } from '../../json.ts';
import type { Overlay } from '../../language.ts';

const anywhere = ['todo', 'blank'];

/** All overlays of TypeScript projects. A new one is a folder in `templates/typescript/` and a row here. */
export const overlays: ReadonlyArray<Overlay<PackageEdit>> = [
  { option: 'store', value: 'memory', label: 'Memory', templates: ['todo'], isDefault: true },
  {
    option: 'store',
    value: 'sqlite',
    label: 'SQLite',
    hint: 'a file; needs Node.js 22.13',
    templates: ['todo'],
    needsNode: '22.13',
    variables: [
      {
        name: 'SQLITE_FILE',
        value: 'data/todos.db',
        comment: 'The file that todos are kept in; it is made where it is not there.',
        optional: true,
      },
    ],
    edit: { engines: { node: '>=22.13' }, devDependencies: { '@types/node': '^22.19.0' } },
  },
  { option: 'store', value: 'postgres', label: 'Postgres', templates: ['todo'], notYet: true },
  { option: 'with', value: 'resources', label: 'Resources', templates: ['blank'], notYet: true },
  { option: 'with', value: 'prompts', label: 'Prompts', templates: ['blank'], notYet: true },
  { option: 'with', value: 'organizations', label: 'Organizations', templates: ['blank'], notYet: true },
  { option: 'deploy', value: 'docker', label: 'Docker', templates: anywhere, isDefault: true },
  { option: 'deploy', value: 'compose', label: 'Compose', templates: anywhere, notYet: true },
  { option: 'deploy', value: 'kubernetes', label: 'Kubernetes', templates: anywhere, notYet: true },
];
