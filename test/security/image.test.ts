import { readdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { run } from '../support/program.ts';
import { LaidOutImage } from './image.ts';
import { makeProject } from './project.ts';

const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

const production = {
  SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.invalid',
  SCALEKIT_RESOURCE_ID: 'res_1000000000000001',
  MCP_URL: 'https://mcp.example.com/',
};

let laid: LaidOutImage;
beforeAll(async () => {
  laid = await LaidOutImage.of(await makeProject('todo'));
  return () => laid.remove();
});

describe('the last stage of the Dockerfile', () => {
  test('runs one command as an ordinary user, with nothing but what was built', async () => {
    expect(laid.image.user).toBe('node');
    expect(laid.image.command).toEqual(['node', 'dist/src/main.js']);
    expect(laid.image.env).toMatchObject({ NODE_ENV: 'production' });
    expect((await readdir(laid.image.root)).sort()).toEqual(['dist']);
  });

  test('listens at PORT on all interfaces, writes no file, and answers its own health check', async () => {
    const { program, port, env } = await laid.start(production);
    for (const host of ['127.0.0.1', outside ?? '127.0.0.1'])
      expect((await fetch(`http://${host}:${port}/healthz`)).status).toBe(200);
    const [, ...check] = laid.image.health;
    const health = (at: string) =>
      run(process.execPath, check, { cwd: laid.image.root, env: { ...env, PORT: at } });
    expect((await health(String(port))).code).toBe(0);
    expect((await health(String(await freePort()))).code).toBe(1);
    expect(program.stdout, 'its log is on stderr, in JSON').toBe('');
    expect(program.stderr).toMatch(/^(?:\{.*\}\n)+$/);
    expect(program.output).not.toMatch(/EACCES|EROFS|EPERM/);
  });

  test('SIGTERM: it serves for five more seconds, logs that it ends, and exits with 0', async () => {
    const { program, port } = await laid.start(production);
    program.child.kill('SIGTERM');
    await program.says(/"event":"draining".*"seconds":5/);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(await program.ended()).toMatchObject({ code: 0, signal: null });
  });

  test('a missing or wrong setting of the platform is named, with exit code 1', async () => {
    const [, ...args] = laid.image.command;
    const env = {
      ...laid.image.env,
      SCALEKIT_ENVIRONMENT_URL: 'http://localhost:4002',
      MCP_URL: 'https://mcp.example.com/',
    };
    const { code, stderr } = await run(process.execPath, args, { cwd: laid.image.root, env });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'SCALEKIT_ENVIRONMENT_URL is `http://localhost:4002`: leads to the local Scalekit',
    );
    expect(stderr).toContain('SCALEKIT_RESOURCE_ID is missing');
  });
});
