import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Ended, mustRun, run } from '../../support/program.ts';
import { type PublishingRegistry, startPublishingRegistry } from '../../support/publishing-registry.ts';
import { registryEnvironment } from '../../support/registry.ts';
import { packRelease, type ReleasedPackage } from '../../support/release.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A new machine: its registry has our packages as released, and it has nothing else of ours, no caches and no settings. */
export class NewMachine {
  readonly directory: string;
  readonly packages: readonly ReleasedPackage[];
  readonly registry: PublishingRegistry;

  private constructor(directory: string, packages: readonly ReleasedPackage[], registry: PublishingRegistry) {
    this.directory = directory;
    this.packages = packages;
    this.registry = registry;
  }

  static async make(): Promise<NewMachine> {
    const directory = await makeDirectory('released');
    const packages = await packRelease(join(directory, 'packed'));
    const machine = new NewMachine(directory, packages, await startPublishingRegistry());
    await mkdir(machine.home);
    // All package managers read it.
    await writeFile(join(machine.home, '.npmrc'), machine.registry.npmrc);
    await machine.publish(packages);
    return machine;
  }

  get home(): string {
    return join(this.directory, 'home');
  }

  get env(): Env {
    const others = Object.fromEntries(Object.keys(registryEnvironment()).map((name) => [name, undefined]));
    const { url } = this.registry;
    return {
      ...others,
      HOME: this.home,
      USERPROFILE: this.home,
      LOCALAPPDATA: this.home,
      APPDATA: this.home,
      npm_config_registry: url,
      YARN_REGISTRY: url,
      // Yarn 4 has setting names of its own, does not read .npmrc, and must be told to allow http.
      YARN_NPM_REGISTRY_SERVER: url,
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      YARN_ENABLE_TELEMETRY: '0',
      // By default it refuses packages that are less than a day old.
      YARN_NPM_MINIMAL_AGE_GATE: '0',
      BUN_CONFIG_REGISTRY: url,
      // Where bunx keeps what it has run, by name and version alone: another build of ours has the same.
      TMPDIR: this.directory,
    };
  }

  async publish(packages: readonly ReleasedPackage[]): Promise<void> {
    for (const { file } of packages)
      await mustRun('npm', ['publish', file, '--access', 'public'], { cwd: this.directory, env: this.env });
  }

  /** Runs a program there. @param path folders to put first on PATH. */
  run(command: string, args: readonly string[], cwd: string, env: Env = {}): Promise<Ended> {
    return run(command, args, { cwd, env: { ...this.env, ...env } });
  }

  async remove(): Promise<void> {
    await this.registry.close();
    await removeDirectory(this.directory);
  }
}

/** @returns a PATH on which these folders come first. */
export const pathWithFirst = (...folders: readonly string[]) =>
  [...folders, process.env.PATH].join(delimiter);
