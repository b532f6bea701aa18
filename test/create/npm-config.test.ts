import { describe, expect, test } from 'vitest';
import { modesFromNpm, refuseSwallowedFlags } from '../../src/create/npm-config.ts';
import { UsageError } from '../../src/terminal/errors.ts';

/** The environments are those that npm 11.19 was seen to set. */
describe('flags that npm does not pass on', () => {
  test('npm create … --dry-run --json: both are honoured', () => {
    const env = {
      npm_command: 'init',
      npm_config_dry_run: 'true',
      npm_config_json: 'true',
      npm_config_yes: '',
    };
    expect(modesFromNpm(env)).toEqual({ dryRun: true, json: true });
  });

  test('npm create … --yes is for us, npx --yes for npx', () => {
    expect(modesFromNpm({ npm_command: 'init', npm_config_yes: 'true' })).toEqual({ yes: true });
    expect(modesFromNpm({ npm_command: 'exec', npm_config_yes: 'true' })).toEqual({});
  });

  test('without such settings nothing is honoured', () => {
    expect(modesFromNpm({ npm_config_json: '', npm_config_dry_run: 'false' })).toEqual({});
  });

  test('npm create x --template blank --no-install is refused with the corrected command', () => {
    const env = { npm_command: 'init', npm_config_template: 'true', npm_config_install: '' };
    const run = () => refuseSwallowedFlags(env, 'x');
    expect(run).toThrow(/npm took --template, --no-install for itself/);
    let next: string | undefined;
    try {
      run();
    } catch (error) {
      next = error instanceof UsageError ? error.next : undefined;
    }
    expect(next).toBe('npm create scalekit-mcp@latest x -- --template <name> --no-install');
  });

  test.each([
    ['--template=blank', { npm_config_template: 'blank' }, '--template blank'],
    ['--name="Tom\'s"', { npm_config_name: "Tom's" }, `--name 'Tom'\\''s'`],
    ['--port=4000 --no-git', { npm_config_port: '4000', npm_config_git: 'false' }, '--port 4000 --no-git'],
    ['--package-manager=pnpm', { npm_config_package_manager: 'pnpm' }, '--package-manager pnpm'],
    ['--emulator', { npm_config_emulator: 'true' }, '--emulator'],
  ])('npm create x %s would make another project: refused, with the value that npm kept', (_, env, flags) => {
    const run = () => refuseSwallowedFlags({ npm_command: 'init', ...env }, 'x');
    expect(run).toThrow(
      expect.objectContaining({ next: `npm create scalekit-mcp@latest x -- ${flags}`, exitCode: 2 }),
    );
  });

  test("npm's own git setting and a script that runs us are ignored", () => {
    expect(() =>
      refuseSwallowedFlags({ npm_command: 'init', npm_config_git: '/usr/bin/git' }, 'x'),
    ).not.toThrow();
    expect(() =>
      refuseSwallowedFlags({ npm_command: 'run-script', npm_config_port: 'true' }, 'x'),
    ).not.toThrow();
  });
});
