import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/create/arguments.ts';
import { readInput } from '../../src/create/input.ts';
import { repeatCommand } from '../../src/create/repeat.ts';
import { type Resolved, resolve } from '../../src/create/resolve.ts';
import { testContext } from '../program/test-context.ts';
import { dashboardMetadata } from '../support/dashboard-metadata.ts';

const metadata = JSON.stringify({
  ...dashboardMetadata,
  resource: 'http://localhost:3005/',
  scopes_supported: ['notes:read', 'notes:write'],
});

async function answer(args: readonly string[], env = {}): Promise<{ resolved: Resolved; repeat: string }> {
  const { context } = testContext({ env });
  const { given, invocation } = await readInput(parseArguments(args).raw, context, 'create-scalekit-mcp');
  const resolved = resolve(given, invocation);
  return { resolved, repeat: repeatCommand(given, resolved, 'linux').repeat };
}

const answers = async (...args: readonly string[]) => (await answer(args)).resolved;

describe('defaults', () => {
  test('of a directory alone: the todo server on the local Scalekit', async () => {
    expect(await answers('todo-mcp')).toMatchObject({
      directory: '/nowhere/todo-mcp',
      shownDirectory: 'todo-mcp',
      install: true,
      git: true,
      check: true,
      project: {
        name: 'Todo MCP',
        packageName: 'todo-mcp',
        template: 'todo',
        port: 3002,
        mcpUrl: 'http://localhost:3002/',
        scopes: ['todo:read', 'todo:write'],
        packageManager: 'npm',
        scalekit: undefined,
      },
    });
  });

  test('with --yes the directory is that of the template', async () => {
    expect((await answers('--yes')).shownDirectory).toBe('todo-mcp');
    expect((await answers('--yes', '--template', 'blank')).shownDirectory).toBe('mcp-server');
  });

  test('. is this folder, and its name the name', async () => {
    expect(await answers('.')).toMatchObject({
      directory: '/nowhere',
      shownDirectory: '.',
      project: { name: 'Nowhere' },
    });
  });

  test('a directory far away is shown in full, one next to this as ..', async () => {
    expect((await answers('/tmp/x/y')).shownDirectory).toBe('../tmp/x/y');
    expect((await answers('../../x')).directory).toBe('/x');
  });

  test('the package manager is the one that started us', async () => {
    const env = { npm_config_user_agent: 'pnpm/10.1.0 npm/? node/v20.20.2 linux x64' };
    expect((await answer(['x'], env)).resolved.project.packageManager).toBe('pnpm');
  });
});

describe('port and MCP_URL', () => {
  test('MCP_URL follows from the port', async () => {
    expect((await answers('x', '--port', '4000')).project).toMatchObject({
      mcpUrl: 'http://localhost:4000/',
    });
  });

  test('the port follows from an MCP_URL on this machine, with a note', async () => {
    const resolved = await answers('x', '--mcp-url', 'http://localhost:4000/');
    expect(resolved.project.port).toBe(4000);
    expect(resolved.notes).toEqual(['The port was taken from MCP_URL: 4000.']);
  });

  test('a public MCP_URL says nothing about the port', async () => {
    const { project } = await answers('x', '--mcp-url', 'https://mcp.example.com/');
    expect(project).toMatchObject({ port: 3002, mcpUrl: 'https://mcp.example.com/' });
  });

  test('a port other than that of MCP_URL gets a note', async () => {
    const { notes } = await answers('x', '--port', '3002', '--mcp-url', 'http://localhost:4000/');
    expect(notes).toEqual([expect.stringContaining('listens on 3002, but MCP_URL has port 4000')]);
  });
});

describe('real Scalekit', () => {
  const values = [
    '--environment-url',
    'https://acme.scalekit.dev',
    '--client-id',
    'skc_1',
    '--resource-id',
    'res_1',
  ];

  test('takes its three values', async () => {
    expect((await answers('x', ...values)).project.scalekit).toEqual({
      environmentUrl: 'https://acme.scalekit.dev',
      clientId: 'skc_1',
      resourceId: 'res_1',
    });
  });

  test('one paste of the Metadata JSON fills URL, resource id, MCP_URL and scopes', async () => {
    const { project, notes } = await answers('x', '--metadata', metadata);
    expect(project).toMatchObject({
      scalekit: { environmentUrl: 'https://acme.scalekit.dev', resourceId: 'res_123', clientId: '' },
      mcpUrl: 'http://localhost:3005/',
      port: 3005,
      scopes: ['notes:read', 'notes:write'],
    });
    expect(notes.join(' ')).toContain('SCALEKIT_CLIENT_ID is empty');
  });

  test('a flag outranks the metadata', async () => {
    const { project } = await answers(
      'x',
      '--metadata',
      metadata,
      '--scopes',
      'a:read,a:write',
      '--client-id',
      'skc_9',
    );
    expect(project).toMatchObject({ scopes: ['a:read', 'a:write'], scalekit: { clientId: 'skc_9' } });
  });

  test.each([
    [['x', '--environment-url', 'https://acme.scalekit.dev'], ['--resource-id <res_…>']],
    [
      ['--client-id', 'skc_1'],
      ['[directory]', '--environment-url <url>', '--resource-id <res_…>'],
    ],
    [[], ['[directory]']],
    [
      ['--client-id', 'skc_1', '--yes'],
      ['--environment-url <url>', '--resource-id <res_…>'],
    ],
  ])('%j names everything that is missing', async (args, missing) => {
    await expect(answer(args)).rejects.toMatchObject({ exitCode: 2, missing });
  });

  test('real and local Scalekit exclude each other', async () => {
    await expect(answer(['x', '--emulator', ...values])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('--environment-url, --client-id, --resource-id'),
    });
  });
});

describe('scopes', () => {
  test('the todo server needs a pair, the blank one does not', async () => {
    await expect(answer(['x', '--scopes', 'a:read,b:write'])).rejects.toMatchObject({
      code: 'scopes/no-pair',
    });
    expect((await answers('x', '--template', 'blank', '--scopes', 'a:read')).project.scopes).toEqual([
      'a:read',
    ]);
  });
});

describe('all problems are reported at once', () => {
  test('three values, three problems', async () => {
    const wrong = answer(['x', '--port', 'abc', '--resource-id', 'skc_1', '--scopes', 'a-b']);
    await expect(wrong).rejects.toMatchObject({
      exitCode: 2,
      problems: [
        expect.objectContaining({ option: '--port' }),
        expect.objectContaining({ option: '--resource-id' }),
        expect.objectContaining({ option: '--scopes' }),
      ],
    });
  });
});

describe('the "to repeat this" line', () => {
  /** Splits the line as a POSIX shell would, provided that quotes enclose whole arguments only. */
  function split(line: string): string[] {
    const words = line.match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? [];
    return words.map((word) => word.replaceAll(/'([^']*)'|\\(')/g, (_, quoted, single) => quoted ?? single));
  }

  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((text) => /^[^\p{C}\p{Z}]+$/u.test(text));
  const stem = fc.stringMatching(/^[a-z]{1,8}$/);
  const args = fc
    .record({
      name: fc.option(name),
      template: fc.option(fc.constantFrom('todo', 'blank')),
      port: fc.option(fc.integer({ min: 1, max: 65_535 })),
      scopes: fc.option(stem),
      manager: fc.option(fc.constantFrom('npm', 'pnpm', 'yarn', 'bun')),
      scalekit: fc.constantFrom('none', 'emulator', 'values', 'metadata', 'metadata and id'),
      off: fc.subarray(['--no-install', '--no-git', '--no-check', '--overwrite']),
    })
    .map((given) => {
      const flag = (option: string, value: unknown) => (value === null ? [] : [`--${option}=${value}`]);
      const scalekit = {
        none: [],
        emulator: ['--emulator'],
        values: ['--environment-url=https://a.scalekit.dev', '--client-id=skc_1', '--resource-id=res_1'],
        metadata: [`--metadata=${metadata}`],
        'metadata and id': [`--metadata=${metadata}`, '--client-id=skc_1'],
      }[given.scalekit];
      const scopes = given.scopes === null ? null : `${given.scopes}:read,${given.scopes}:write`;
      return [
        'a folder',
        ...flag('name', given.name),
        ...flag('template', given.template),
        ...flag('port', given.port),
        ...flag('scopes', scopes),
        ...flag('package-manager', given.manager),
        ...scalekit,
        ...given.off,
      ];
    });

  test('makes the same project again, whatever was answered', async () => {
    await fc.assert(
      fc.asyncProperty(args, async (given) => {
        const first = await answer(given);
        const [, , ...again] = split(first.repeat.replace(/^pnpm dlx/, 'pnpm-dlx'));
        const second = await answer(again);
        expect(second.resolved).toEqual(first.resolved);
        expect(second.repeat).toBe(first.repeat);
      }),
      { numRuns: 60 },
    );
  });

  test('repeats what was asked, and only that', async () => {
    expect((await answer(['x'])).repeat).toBe(
      'npx create-scalekit-mcp x --template todo --emulator --package-manager npm',
    );
  });
});
