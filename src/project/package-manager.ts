import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package managers that a TypeScript project may have. */
export type PackageManagerName = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** The command lines of a package manager. */
export interface PackageManager {
  readonly name: PackageManagerName;
  /**
   * Arguments of the install that create runs: it includes development dependencies, whatever the configuration says, and
   * its output shows whether the registry answers.
   */
  readonly install: readonly string[];
  /** Matches its output once the registry has answered. */
  readonly reached: RegExp;
  /** Matches its output when the registry did not answer and it will retry. */
  readonly failing?: RegExp;
  /** Matches lines of its output that are of no use to a person. */
  readonly noise?: RegExp;
  /** Flags for installing from the cache alone. */
  readonly offline?: readonly string[];
  /** Its rule against packages that were published lately: its name, how a refusal looks, and how to install once without it. */
  readonly minimumAge: { readonly setting: string; readonly refused: RegExp; readonly installAnyway: string };
  /** As a person types it. */
  readonly installCommand: string;
  /** For CI and images: installs exactly what the lockfile says. */
  readonly cleanInstall: string;
  readonly lockfile: string;
  /** Runs a script of package.json. */
  run(script: string): string;
  /** Runs a program of an installed package. */
  exec(program: string): string;
  /** Runs a package that is not installed. */
  readonly fetchAndRun: string;
}

const managers: Readonly<Record<PackageManagerName, PackageManager>> = {
  npm: {
    name: 'npm',
    install: [
      'install',
      '--include=dev',
      // A person's configuration may send packages elsewhere, or nowhere.
      '--location=project',
      '--no-global',
      '--no-package-lock-only',
      '--no-dry-run',
      '--no-audit',
      '--no-fund',
      '--loglevel=http',
    ],
    reached: /http fetch \w+ \d{3} /,
    failing: /http fetch .* attempt \d+ failed with/,
    noise: /^npm http /,
    offline: ['--offline'],
    minimumAge: {
      setting: 'min-release-age or before',
      // A range without any version that is old enough ends as a conflict with nothing.
      refused: /with a date before|Found: \S+@undefined/,
      installAnyway: 'npm install --min-release-age=0',
    },
    installCommand: 'npm install',
    cleanInstall: 'npm ci',
    lockfile: 'package-lock.json',
    run: (script) => (script === 'test' || script === 'start' ? `npm ${script}` : `npm run ${script}`),
    exec: (program) => `npx ${program}`,
    fetchAndRun: 'npx',
  },
  pnpm: {
    name: 'pnpm',
    install: ['install', '--reporter=append-only'],
    reached: /resolved [1-9]|downloaded [1-9]/,
    failing: /Will retry in/,
    noise: /^Progress: /,
    offline: ['--offline'],
    minimumAge: {
      setting: 'minimumReleaseAge',
      refused: /minimumReleaseAge|minimum-release-age/i,
      installAnyway: 'pnpm install --config.minimum-release-age=0',
    },
    installCommand: 'pnpm install',
    cleanInstall: 'pnpm install --frozen-lockfile',
    lockfile: 'pnpm-lock.yaml',
    // `pnpm doctor` is a command of pnpm's own.
    run: (script) => (script === 'doctor' ? 'pnpm run doctor' : `pnpm ${script}`),
    exec: (program) => `pnpm exec ${program}`,
    fetchAndRun: 'pnpm dlx',
  },
  yarn: {
    name: 'yarn',
    install: ['install'],
    reached: /Fetching packages|\u2514 Completed/,
    failing: /trouble with your network/,
    minimumAge: {
      setting: 'npmMinimalAgeGate',
      refused: /are quarantined|is quarantined/,
      installAnyway: 'yarn config set npmMinimalAgeGate 0 && yarn install',
    },
    installCommand: 'yarn install',
    // Yarn 1 and 2+ both know this flag; `--immutable` is unknown to Yarn 1.
    cleanInstall: 'yarn install --frozen-lockfile',
    lockfile: 'yarn.lock',
    run: (script) => `yarn ${script}`,
    exec: (program) => `yarn ${program}`,
    fetchAndRun: 'npx',
  },
  bun: {
    name: 'bun',
    install: ['install'],
    reached: /Resolved|Saved lockfile|packages? installed/,
    minimumAge: {
      setting: 'minimumReleaseAge',
      refused: /minimum-release-age/,
      installAnyway: 'bun install --minimum-release-age=0',
    },
    installCommand: 'bun install',
    cleanInstall: 'bun install --frozen-lockfile',
    lockfile: 'bun.lock',
    run: (script) => `bun run ${script}`,
    exec: (program) => `bunx ${program}`,
    fetchAndRun: 'bunx',
  },
};

/** @returns the command lines of a package manager. */
export function packageManager(name: PackageManagerName): PackageManager {
  return managers[name];
}

/**
 * @param userAgent `npm_config_user_agent`, which every package manager sets for what it runs, e.g. `pnpm/10.1.0 npm/? …`.
 * @returns the package manager that ran us, or undefined.
 */
export function detectPackageManager(userAgent: string | undefined): PackageManagerName | undefined {
  const name = /^(npm|pnpm|yarn|bun)\//.exec(userAgent ?? '')?.[1];
  return name === undefined ? undefined : (name as PackageManagerName);
}

/**
 * @param directory a project's folder.
 * @returns the package manager whose lockfile is in the folder, or in the nearest folder above (a workspace); undefined if
 * there is none.
 */
export function packageManagerOf(directory: string): PackageManagerName | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = Object.values(managers).find(({ lockfile }) => existsSync(join(folder, lockfile)));
    if (found !== undefined) return found.name;
    if (folder === dirname(folder)) return undefined;
  }
}
