// The released packages, published to a registry, and a project made and used from there.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mustRun, run } from '../../support/program.ts';
import { type PublishingRegistry, startPublishingRegistry } from '../../support/publishing-registry.ts';
import { packRelease, type ReleasedPackage, releasedNames } from '../../support/release.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';

let directory: string;
let registry: PublishingRegistry;
let packages: readonly ReleasedPackage[];

beforeAll(async () => {
  directory = await makeDirectory('release');
  packages = await packRelease(join(directory, 'packed'));
  registry = await startPublishingRegistry();
  // Everything comes from this registry, and nothing from caches.
  await writeFile(join(directory, 'npmrc'), registry.npmrc);
  vi.stubEnv('npm_config_registry', undefined);
  vi.stubEnv('npm_config_userconfig', join(directory, 'npmrc'));
  vi.stubEnv('npm_config_cache', join(directory, 'cache'));
}, 600_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await registry?.close();
  await removeDirectory(directory);
});

describe('a project from the registry', () => {
  let project: string;
  const npm = (...args: readonly string[]) => run('npm', args, { cwd: project });

  beforeAll(async () => {
    for (const { file } of packages)
      await mustRun('npm', ['publish', file, '--access', 'public'], { cwd: directory });
    expect(registry.published).toEqual(releasedNames);
    const options = ['--yes', '--template', 'todo', '--no-git', '--package-manager', 'npm'];
    await mustRun('npm', ['create', '--yes', 'scalekit-mcp@latest', '--', 'todo-mcp', ...options], {
      cwd: directory,
    });
    project = join(directory, 'todo-mcp');
  }, 600_000);

  test('depends on the packages by version, and contains none', async () => {
    const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
    expect(manifest.dependencies['scalekit-mcp-server']).toBe(`^${packages[0]?.version}`);
    expect(manifest.devDependencies['scalekit-mcp']).toBe(`^${packages[0]?.version}`);
    expect(existsSync(join(project, 'vendor'))).toBe(false);
    for (const file of ['README.md', 'AGENTS.md', 'Dockerfile', '.gitignore', 'package.json'])
      expect(await readFile(join(project, file), 'utf8'), file).not.toMatch(/vendor/);
    for (const name of ['scalekit-mcp', 'scalekit-mcp-server']) {
      const installed = await readFile(join(project, 'node_modules', name, 'package.json'), 'utf8');
      expect(JSON.parse(installed).version).toBe(packages[0]?.version);
    }
  });

  test.each(['typecheck', 'lint', 'build', 'test'])('npm run %s', async (script) => {
    const { code, stdout, stderr } = await npm('run', script);
    expect(code, stdout + stderr).toBe(0);
  });

  test('a clone installs from its lockfile alone', async () => {
    const { code, stdout, stderr } = await npm('ci');
    expect(code, stdout + stderr).toBe(0);
  });

  test('its scalekit-mcp makes projects, too', async () => {
    const program = join(project, 'node_modules/scalekit-mcp/bin/scalekit-mcp.js');
    const options = ['--yes', '--template', 'blank', '--no-git', '--no-check', '--no-install'];
    await mustRun(process.execPath, [program, 'create', 'another', ...options], { cwd: directory });
    const manifest = JSON.parse(await readFile(join(directory, 'another', 'package.json'), 'utf8'));
    expect(manifest.dependencies['scalekit-mcp-server']).toBe(`^${packages[0]?.version}`);
  });
});
