import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Ended, run } from '../support/program.ts';
import { registryEnvironment } from '../support/registry.ts';
import { createProgram } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { startTlsRegistry, type TlsRegistry } from '../support/tls-registry.ts';

let directory: string;
let registry: TlsRegistry;
let settings: string;

beforeAll(async () => {
  directory = await makeDirectory();
  registry = await startTlsRegistry(directory);
  settings = join(directory, 'company.npmrc');
});
beforeEach(() => {
  // This machine's own npm settings would interfere: `cafile`, for example, replaces all other certificates.
  for (const name of Object.keys(registryEnvironment())) vi.stubEnv(name, undefined);
  for (const name of ['userconfig', 'globalconfig']) vi.stubEnv(`npm_config_${name}`, join(directory, name));
  vi.stubEnv('npm_config_registry', registry.url);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await registry?.close();
  await removeDirectory(directory);
});

/** Installs a small package as tests do, with a cache of its own. */
async function install(name: string): Promise<Ended & { readonly folder: string }> {
  const folder = join(directory, name);
  vi.stubEnv('npm_config_cache', join(folder, 'cache'));
  const options = ['--prefix', folder, '--no-audit', '--no-fund'];
  return { ...(await run('npm', ['install', ...options, 'jose'])), folder };
}

describe('tests reach a registry behind a company’s certificate', () => {
  test('with NODE_EXTRA_CA_CERTS', async () => {
    vi.stubEnv('NODE_EXTRA_CA_CERTS', registry.certificateFile);
    const { code, stderr, folder } = await install('extra');
    expect(code, stderr).toBe(0);
    expect(existsSync(join(folder, 'node_modules/jose/package.json'))).toBe(true);
    expect(registry.asked).toContain('jose');
  });

  test('with npm’s cafile, in the configuration that npm_config_userconfig names', async () => {
    await writeFile(settings, `cafile=${registry.certificateFile}\nregistry=${registry.url}\n`);
    vi.stubEnv('npm_config_registry', undefined);
    vi.stubEnv('npm_config_userconfig', settings);
    const before = registry.asked.length;
    const { code, stderr, folder } = await install('cafile');
    expect(code, stderr).toBe(0);
    expect(registry.asked.slice(before)).toContain('jose');
    expect(existsSync(join(folder, 'node_modules/jose/package.json'))).toBe(true);
  });

  test('and not without it, so that these tests can fail', async () => {
    const { code, stderr } = await install('nothing');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/SELF_SIGNED_CERT/);
  });
});

test('create installs through it', async () => {
  const parent = join(directory, 'created');
  vi.stubEnv('NODE_EXTRA_CA_CERTS', registry.certificateFile);
  vi.stubEnv('npm_config_cache', join(directory, 'create-cache'));
  const options = ['--template', 'blank', '--yes', '--no-git', '--no-check'];
  const made = await run(process.execPath, [createProgram, parent, ...options]);
  expect(made.code, made.stdout + made.stderr).toBe(0);
  expect(existsSync(join(parent, 'node_modules/typescript'))).toBe(true);
  expect(registry.asked).toContain('typescript');
});
