import type { Answers } from '../../src/create/answers.ts';
import type { Tooling } from '../../src/create/json.ts';
import { hardName } from './hard-names.ts';

/** Pinned: a new version of ours changes no snapshot. The tarballs are placeholders, since nobody can read the real ones. */
export const tooling: Tooling = {
  version: '1.2.3',
  packages: {
    'scalekit-mcp': {
      version: '1.2.3',
      tarball: Buffer.from('Here a generated project has scalekit-mcp itself, packed.\n'),
    },
    'scalekit-mcp-server': {
      version: '1.2.3',
      tarball: Buffer.from('Here a generated project has scalekit-mcp-server itself, packed.\n'),
    },
  },
};

/** Where the registry has our packages. */
export const fromRegistry: Tooling = {
  version: '1.2.3',
  packages: {
    'scalekit-mcp': { version: '1.2.3', tarball: undefined },
    'scalekit-mcp-server': { version: '1.2.3', tarball: undefined },
  },
};

export const todo: Answers = {
  language: 'typescript',
  overlays: { store: ['memory'], with: [], deploy: ['docker'] },
  name: 'Todo MCP',
  packageName: 'todo-mcp',
  template: 'todo',
  port: 3002,
  mcpUrl: 'http://localhost:3002/',
  place: { workspace: undefined, repository: undefined, underYarn: false },
  scopes: ['todo:read', 'todo:write'],
  packageManager: 'npm',
  scalekit: undefined,
};

const blank: Answers = {
  ...todo,
  name: 'MCP Server',
  packageName: 'mcp-server',
  template: 'blank',
  overlays: { ...todo.overlays, store: [] },
};

const everywhere = ['docker', 'compose', 'kubernetes'];

const acme = {
  environmentUrl: 'https://acme.scalekit.dev',
  resourceId: 'res_70000000000000001',
  clientId: 'skc_70000000000000002',
};

/**
 * Answers that make projects differ: template, Scalekit, scopes, package manager, names, the registry. The first of
 * each language and template is kept as files, and of the others what differs from it.
 */
export const cases: Readonly<Record<string, { readonly answers: Answers; readonly tooling: Tooling }>> = {
  todo: { answers: todo, tooling },
  blank: { answers: blank, tooling },
  'todo-real-pnpm': {
    answers: {
      ...todo,
      port: 8080,
      mcpUrl: 'https://mcp.example.com/todo/',
      packageManager: 'pnpm',
      scalekit: acme,
    },
    tooling,
  },
  'todo-other-scopes-yarn': {
    answers: { ...todo, scopes: ['admin', 'notes:read', 'notes:write'], packageManager: 'yarn' },
    tooling,
  },
  'blank-metadata-only-bun': {
    answers: { ...blank, packageManager: 'bun', scopes: ['files:read'], scalekit: { ...acme, clientId: '' } },
    tooling,
  },
  'blank-odd-scopes': {
    answers: {
      ...blank,
      scopes: ['delete', '2fa:read', 'a:b', 'a_b', 'A:B', ':', '__proto__', 'x'.repeat(64)],
    },
    tooling,
  },
  'todo-hard-name': { answers: { ...todo, name: hardName, packageName: 'it-s-hard' }, tooling },
  'blank-long-name': {
    answers: { ...blank, name: `${'🙂'.repeat(190)} العربية`, packageName: 'mcp-server' },
    tooling,
  },
  'todo-in-workspace': {
    answers: {
      ...todo,
      place: { workspace: 'packages/todo-mcp', repository: 'web/packages/todo-mcp', underYarn: false },
    },
    tooling,
  },
  'todo-without-docker': { answers: { ...todo, overlays: { ...todo.overlays, deploy: [] } }, tooling },
  'todo-sqlite': {
    answers: { ...todo, overlays: { ...todo.overlays, store: ['sqlite'], deploy: everywhere } },
    tooling,
  },
  'todo-postgres': {
    answers: { ...todo, overlays: { ...todo.overlays, store: ['postgres'], deploy: everywhere } },
    tooling,
  },
  'blank-kubernetes': {
    answers: {
      ...blank,
      packageName: '1_odd.name',
      overlays: { ...blank.overlays, deploy: ['docker', 'kubernetes'] },
    },
    tooling,
  },
  'blank-examples': {
    answers: {
      ...blank,
      scopes: ['notes:read', 'colleagues'],
      overlays: { ...blank.overlays, with: ['resources', 'prompts', 'organizations'] },
    },
    tooling,
  },
  'todo-from-registry': { answers: todo, tooling: fromRegistry },
  'python-todo': { answers: { ...todo, language: 'python' }, tooling },
  'python-blank': { answers: { ...blank, language: 'python' }, tooling },
  'python-todo-hard-name': {
    answers: {
      ...todo,
      language: 'python',
      name: hardName,
      packageName: 'it-s-hard',
      scopes: ['admin', 'notes:read', 'notes:write'],
      overlays: { ...todo.overlays, deploy: [] },
      packageManager: 'pnpm',
      scalekit: acme,
    },
    tooling: fromRegistry,
  },
  'python-blank-odd-scopes': {
    answers: {
      ...blank,
      language: 'python',
      scopes: ['delete', '2fa:read', 'a:b', 'a_b', 'A:B', ':', '__proto__', 'lambda', 'x'.repeat(64)],
      place: { workspace: undefined, repository: 'servers/mcp-server', underYarn: false },
    },
    tooling,
  },
};
