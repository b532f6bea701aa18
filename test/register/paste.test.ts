import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { runToExitCode } from '../../src/program/run.ts';
import { register } from '../../src/register/command.ts';
import type { Context } from '../../src/terminal/context.ts';
import { dashboardMetadata as metadata } from '../support/dashboard-metadata.ts';
import { localEnv, makeProject } from './walk.ts';

const json = JSON.stringify(metadata);

const filled = localEnv
  .replace('http://localhost:4002', 'https://acme.scalekit.dev')
  .replace('skc_1000000000000002', '')
  .replace('res_1000000000000001', 'res_123');

/** Runs the command without anybody to ask. */
async function run(
  flags: Parameters<typeof register>[0],
  { files = {}, stdin = '' }: { files?: Record<string, string>; stdin?: string } = {},
) {
  const directory = await makeProject(files);
  const written = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof written) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += String(chunk);
        done();
      },
    });
  const context: Context = {
    env: {},
    cwd: directory,
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    signal: new AbortController().signal,
  };
  const code = await runToExitCode(() => register(flags, context), [], context);
  return { code, ...written, env: await readFile(join(directory, '.env'), 'utf8'), directory, context };
}

describe('register --metadata', () => {
  test.each([
    ['the JSON itself', { metadata: json }, {}],
    ['a file', { metadata: 'metadata.json' }, { files: { 'metadata.json': json } }],
    ['standard input', { metadata: '-' }, { stdin: json }],
    ['with curly quotes', { metadata: '-' }, { stdin: json.replaceAll('"', '\u201c') }],
  ])('%s fills .env, and keeps everything else in it', async (_title, flags, given) => {
    const { code, env, stderr } = await run({ ...flags, yes: true }, given);
    expect(stderr).toContain(
      '.env now has SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID, SCALEKIT_RESOURCE_ID',
    );
    expect(stderr).toContain('npx scalekit-mcp doctor');
    expect(env).toBe(filled);
    expect(code).toBe(0);
  });

  test('the same again changes nothing', async () => {
    const { code, stderr } = await run({ metadata: json, yes: true }, { files: { '.env': filled } });
    expect(stderr).toBe('✓ Nothing had to change.\n');
    expect(code).toBe(0);
  });

  test('the port follows the URL, and other differences from the dashboard are noted', async () => {
    const paste = { ...metadata, resource: 'http://localhost:3005', scopes_supported: ['todo:read', 'x'] };
    const { env, stderr } = await run({ metadata: JSON.stringify(paste), yes: true });
    expect(env).toContain('PORT=3005\n');
    expect(env).toContain('MCP_URL=http://localhost:3005/\n');
    expect(stderr).toContain('The dashboard does not list todo:write');
    expect(stderr).toContain('also lists scopes that this server does not use: x');
  });

  test("the authorization server's own metadata gives the two values in it", async () => {
    const issuer = 'https://acme.scalekit.dev/resources/res_123';
    const document = JSON.stringify({ issuer, token_endpoint: `${issuer}/oauth/token` });
    const { env, stderr } = await run({ metadata: document, yes: true });
    expect(env).toBe(filled);
    expect(stderr).toContain("This is the authorization server's metadata");
  });

  test('a public URL gets a note', async () => {
    const paste = JSON.stringify({ ...metadata, resource: 'https://todo.example.com/' });
    const { env, stderr } = await run({ metadata: paste, yes: true });
    expect(env).toContain('PORT=3002\n');
    expect(stderr).toContain('MCP_URL becomes https://todo.example.com/');
  });

  test('a dry run shows the lines, and writes nothing', async () => {
    const { code, env, stderr } = await run({ metadata: json, dryRun: true });
    expect(stderr).toContain('+ SCALEKIT_RESOURCE_ID=res_123');
    expect(env).toBe(localEnv);
    expect(code).toBe(0);
  });

  test('--json: one document on stdout', async () => {
    const { stdout } = await run({ metadata: json, yes: true, json: true });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      state: 'filled',
      changed: ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_CLIENT_ID', 'SCALEKIT_RESOURCE_ID'],
    });
  });

  test.each([
    ['the JSON', json, ''],
    ['standard input', '-', json],
  ])(
    '%s without --yes and without a terminal: exit code 2, nothing written',
    async (_title, source, stdin) => {
      const { code, env, stderr } = await run({ metadata: source }, { stdin });
      expect(stderr).toContain('--yes');
      expect(env).toBe(localEnv);
      expect(code).toBe(2);
    },
  );

  test.each([
    ['{"keys":[]}', "This is the authorization server's keys, not the Metadata JSON"],
    ['nowhere.json', 'there is no such file'],
    ['{', 'The metadata is not JSON'],
  ])('%s: exit code 2', async (source, said) => {
    const { code, env, stderr } = await run({ metadata: source, yes: true });
    expect(stderr).toContain(said);
    expect(env).toBe(localEnv);
    expect(code).toBe(2);
  });

  test('a value that cannot be written is named, and the file stays as it is', async () => {
    const { directory, context } = await run({ metadata: json, dryRun: true });
    await writeFile(join(directory, '.env'), 'KEY="-----BEGIN\nMCP_URL=x\n"\nSCALEKIT_RESOURCE_ID="a\nb"\n');
    const code = await runToExitCode(() => register({ metadata: json, yes: true }, context), [], context);
    expect(code).toBe(1);
    expect(await readFile(join(directory, '.env'), 'utf8')).toContain('SCALEKIT_RESOURCE_ID="a\nb"');
  });
});
