import { describe, expect, onTestFinished, test } from 'vitest';
import { send } from '../../src/server/testing/send.ts';
import { type GeneratedProject, stopServer } from '../support/generated.ts';
import { McpClient, officialClients } from '../support/mcp-client.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { describeGenerated } from './describe-generated.ts';

const scopes = ['notes:read', 'notes:write'];

async function startServer(project: GeneratedProject) {
  expect((await project.built()).code).toBe(0);
  const scalekit = await project.startScalekit(scopes);
  onTestFinished(() => scalekit.close());
  const server = await project.startServer();
  onTestFinished(() => stopServer(server));
  return scalekit;
}

describeGenerated(
  {
    title: 'a blank server with all examples',
    options: [
      '--template',
      'blank',
      '--name',
      'Examples',
      '--with',
      'resources,prompts,organizations',
      '--scopes',
      scopes.join(),
    ],
    name: 'Examples',
    scopes,
    tools: ['notes_read', 'notes_write', 'colleagues'],
    narrow: 'notes:read',
    allowed: 'colleagues',
    denied: { tool: 'notes_write', scope: 'notes:write', args: {} },
  },
  (made) => {
    test('official clients read its resource and get its prompt, and ask for the scope where they lack it', async () => {
      const scalekit = await startServer(made());
      const subject = scalekit.users[0]?.id ?? '';
      for (const official of officialClients) {
        const client = new McpClient(official, made().endpoint, { grants: ['notes:write'] });
        onTestFinished(() => client.close());
        await client.connect();
        expect(await client.listOthers(), 'a template lists nothing without its scopes').toEqual([
          'example_prompt',
        ]);
        client.person = {};
        expect(await client.readResource('example-note://1')).toBe(`Read by ${subject}.`);
        expect(client.destinations, official.title).toHaveLength(2);
        expect(await client.getPrompt('example_prompt', { style: 'short' })).toContain(subject);
        expect(await client.listOthers()).toEqual(['example-note://1', 'example_prompt']);
      }
    });

    test.each([
      ['resources/read', { uri: 'example-note://1' }],
      ['prompts/get', { name: 'example_prompt', arguments: { style: 'short' } }],
      ['tools/call', { name: 'colleagues', arguments: {} }],
    ])('%s without the scope is 403', async (method, params) => {
      const scalekit = await startServer(made());
      const token = await scalekit.mint({ scopes: ['notes:write'] });
      const body = { jsonrpc: '2.0', id: 1, method, params };
      const answer = await send(made().endpoint, { token, body });
      expect(answer.status).toBe(403);
      expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope"');
      expect(answer.json.error.message).toContain('`notes:read` scope required.');
    });

    describe('and files that add writes', () => {
      test('lint, compile and pass at once', async () => {
        const project = made();
        for (const [kind, name] of [
          ['resource', 'weekly_report'],
          ['prompt', 'resource'],
          ['tool', 'archive_note'],
        ] as const) {
          const args = ['add', kind, name, '--scopes', 'notes:read,notes:archive', '--yes'];
          const added = await run(process.execPath, [scalekitProgram, ...args], { cwd: project.directory });
          expect(added).toMatchObject({ code: 0, stderr: '' });
        }
        for (const script of ['typecheck', 'lint', 'test']) {
          const { code, stdout, stderr } = await project.npm('run', script);
          expect(code, stdout + stderr).toBe(0);
        }
      });
    });
  },
);
