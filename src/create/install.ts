import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type PackageManager, type PackageManagerName, packageManager } from '../project/package-manager.ts';
import { type Finished, type RunOptions, runProgram } from '../project/programs.ts';
import { faultIn, pingRegistry, type RegistryFault } from '../project/registry.ts';
import { UserError } from '../terminal/errors.ts';
import { nameYarn } from './yarn-version.ts';

/** How long to wait for a sign that the registry answers before we ping it, in milliseconds. */
const quiet = 8000;

/** The end of a package manager's output, which says what went wrong, without its stack traces. */
function tail(output: string, { noise }: PackageManager): string {
  const lines = output
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(?:npm error)?\s+at /.test(line) && noise?.test(line) !== true)
    .slice(-15);
  return lines.map((line) => `    ${line}`).join('\n');
}

const written = 'The project was written, but its dependencies are not installed.';

function registryError({ kind, code, registry }: RegistryFault, name: PackageManagerName): UserError {
  const where = registry === undefined ? 'The registry' : `The registry ${registry}`;
  if (kind === 'certificate')
    return new UserError(
      `${where} has a certificate that ${name} does not trust (${code}); usually a company proxy is in between. ` +
        `Set NODE_EXTRA_CA_CERTS=<file> (for npm also: npm config set cafile <file>). ${written}`,
      { code: 'install/certificate' },
    );
  return new UserError(
    `${where} is not reachable (${code}). Check the network, and HTTPS_PROXY if you are behind a proxy. ${written}`,
    { code: 'install/unreachable' },
  );
}

/** How an install ended; `fault` if we ended it because the registry does not answer. */
interface Attempt {
  readonly result: Finished | undefined;
  readonly fault: RegistryFault | undefined;
}

/**
 * Runs an install and watches whether the registry answers: package managers retry silently for minutes. It is ended only
 * if a ping fails too.
 */
async function watched(manager: PackageManager, options: RunOptions): Promise<Attempt> {
  const given = new AbortController();
  const over = new AbortController();
  const signal = AbortSignal.any([given.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  let reached = false;
  let fault: RegistryFault | undefined;
  const ask = async () => {
    if (reached || over.signal.aborted) return;
    clearTimeout(timer);
    reached = true;
    const pinging = AbortSignal.any([signal, over.signal]);
    const found = await pingRegistry(manager, { ...options, signal: pinging }).catch(() => undefined);
    if (found === undefined || over.signal.aborted) return;
    fault = found;
    given.abort(new Error('The registry does not answer'));
  };
  const timer = setTimeout(ask, quiet);
  const onOutput = (text: string) => {
    if (manager.reached.test(text)) reached = true;
    else if (manager.failing?.test(text)) void ask();
  };
  try {
    const result = await runProgram(manager.name, manager.install, { ...options, signal, onOutput });
    return { result, fault: undefined };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (fault === undefined) throw error;
    return { result: undefined, fault };
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/** Without the registry, earlier downloads may be enough. */
async function fromCache(manager: PackageManager, options: RunOptions): Promise<boolean> {
  if (manager.offline === undefined) return false;
  const result = await runProgram(manager.name, [...manager.install, ...manager.offline], options);
  return result.exitCode === 0;
}

function absent(name: PackageManagerName): UserError {
  const where = name === 'npm' ? 'It comes with Node.js (https://nodejs.org/)' : `Install ${name}`;
  return new UserError(
    `${name} was not found, so nothing was installed. ${where}, or choose another with --package-manager.`,
    { code: 'install/absent' },
  );
}

/**
 * Yarn's Plug'n'Play has no node_modules, where compilers, linters and the project's own program look for packages. A new project's
 * .yarnrc.yml asks for one; the environment and the root of a workspace count for more.
 * @throws UserError if it was installed that way.
 */
function refusePlugAndPlay(options: InstallOptions): void {
  const root = options.root ?? options.cwd;
  if (!existsSync(join(root, '.pnp.cjs'))) return;
  const set = options.env.YARN_NODE_LINKER === undefined ? 'nodeLinker' : 'YARN_NODE_LINKER';
  const mend =
    set === 'nodeLinker'
      ? `Set \`nodeLinker: node-modules\` in ${join(root, '.yarnrc.yml')}`
      : 'Unset YARN_NODE_LINKER, or set it to node-modules';
  throw new UserError(
    `Yarn installed with Plug'n'Play (${set}), but this project's tools need a node_modules folder. ${mend}.`,
    { code: 'install/plug-n-play' },
  );
}

/** @throws UserError if tools that the project needs are missing after an install that succeeded. */
function refuseWithoutTools(manager: PackageManager, directory: string, tools: readonly string[]): void {
  const { resolve } = createRequire(join(directory, 'package.json'));
  const missing = tools.filter((name) => {
    try {
      return resolve(`${name}/package.json`) === '';
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return;
  throw new UserError(
    `${manager.name} did not install the development dependencies (${missing.join(', ')}), because its configuration ` +
      `omits them (omit=dev, production or similar). Nothing can be built without them.`,
    { code: 'install/without-tools' },
  );
}

export interface InstallOptions extends RunOptions {
  /** Packages that must be installed afterwards. */
  readonly tools: readonly string[];
  /** Where the package manager runs: the root of the project's workspace. Default: the project. */
  readonly root?: string;
}

/**
 * Installs a project's dependencies, including those for development.
 * @returns notes for the owner, as sentences.
 * @throws UserError if it fails; the project's files are complete all the same. The caller adds `next`.
 */
export async function install(name: PackageManagerName, options: InstallOptions): Promise<readonly string[]> {
  const manager = packageManager(name);
  // With NODE_ENV=production package managers omit development dependencies.
  const { NODE_ENV: _production, ...env } = options.env;
  const running = { ...options, env, cwd: options.root ?? options.cwd };
  const notes: string[] = [];
  const { result, fault } = await watched(manager, running);
  if (fault !== undefined) {
    if (!(await fromCache(manager, running))) throw registryError(fault, name);
    notes.push(`${registryError(fault, name).message.split(' (')[0]}: installed from ${name}'s cache.`);
  } else if (result?.absent) throw absent(name);
  else if (result?.exitCode !== 0) throw failure(manager, result);
  refusePlugAndPlay(options);
  refuseWithoutTools(manager, options.cwd, options.tools);
  if (name === 'yarn') notes.push(...(await nameYarn(running, options.root === undefined)));
  return [...notes, ...(await missingLockfile(manager, running))];
}

/** Some companies let no package in that was published within the last days. Whether to make an exception is theirs to say. */
function tooYoung({ name, minimumAge: { setting, installAnyway } }: PackageManager): UserError {
  return new UserError(
    `${name} is configured to refuse packages that were published lately (${setting}), and some that this project needs are ` +
      `newer than that. ${written} Install them later, or make an exception: ${installAnyway}`,
    { code: 'install/too-young' },
  );
}

function failure(manager: PackageManager, result: Finished | undefined): UserError {
  const output = result?.output ?? '';
  const fault = faultIn(output);
  if (fault !== undefined) return registryError(fault, manager.name);
  if (manager.minimumAge.refused.test(output)) return tooYoung(manager);
  const how = result?.exitCode === undefined ? 'was killed' : `ended with exit code ${result.exitCode}`;
  return new UserError(`\`${manager.installCommand}\` ${how}. ${written}\n${tail(output, manager)}`, {
    code: 'install/failed',
  });
}

/**
 * Images and CI need a lockfile. If npm's configuration turns it off, the project's own `.npmrc` turns it on again; in
 * other cases a note tells the owner.
 */
async function missingLockfile(manager: PackageManager, options: InstallOptions): Promise<readonly string[]> {
  const isThere = () => existsSync(join(options.cwd, manager.lockfile));
  if (isThere()) return [];
  if (manager.name === 'npm' && options.root === undefined) {
    await appendFile(join(options.cwd, '.npmrc'), 'package-lock=true\n');
    await runProgram('npm', [...manager.install, '--package-lock-only'], options);
    if (isThere())
      return [
        "npm is configured with package-lock=false. This project's .npmrc turns the lockfile on, since the Dockerfile and CI need it.",
      ];
  }
  return [
    `${manager.name} wrote no ${manager.lockfile}, because its configuration turns it off. The Dockerfile and CI need one: they run \`${manager.cleanInstall}\`.`,
  ];
}
