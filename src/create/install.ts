import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type PackageManager, type PackageManagerName, packageManager } from '../project/package-manager.ts';
import { type Finished, type RunOptions, runProgram } from '../project/programs.ts';
import { faultIn, pingRegistry, type RegistryFault } from '../project/registry.ts';
import { UserError } from '../terminal/errors.ts';

/** How long an install may show no sign of the registry before that is asked directly, in milliseconds. */
const quiet = 8000;

/** The end of a package manager's output: what went wrong is there. Its stack traces say nothing of the project. */
function tail(output: string, { noise }: PackageManager): string {
  const lines = output
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(?:npm error)?\s+at /.test(line) && noise?.test(line) !== true)
    .slice(-15);
  return lines.map((line) => `    ${line}`).join('\n');
}

const written = 'The project is written; its dependencies are not installed.';

function registryError({ kind, code, registry }: RegistryFault, name: PackageManagerName): UserError {
  const where = registry === undefined ? 'The registry' : `The registry ${registry}`;
  if (kind === 'certificate')
    return new UserError(
      `${where} has a certificate that ${name} does not trust (${code}): a company's proxy is in between, as a rule. ` +
        `Set NODE_EXTRA_CA_CERTS=<file> (npm also knows: npm config set cafile <file>). ${written}`,
      { code: 'install/certificate' },
    );
  return new UserError(
    `${where} is not reachable (${code}). Is there a network, or a proxy to be set (HTTPS_PROXY)? ${written}`,
    { code: 'install/unreachable' },
  );
}

/** What an install has come to; `fault` where it was given up because the registry does not answer. */
interface Attempt {
  readonly result: Finished | undefined;
  readonly fault: RegistryFault | undefined;
}

/**
 * Runs an install and watches whether the registry answers: package managers try for minutes and say nothing meanwhile.
 * Only a ping that fails, too, ends it.
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

/** What was downloaded before may be enough, where the registry is away. */
async function fromCache(manager: PackageManager, options: RunOptions): Promise<boolean> {
  if (manager.offline === undefined) return false;
  const result = await runProgram(manager.name, [...manager.install, ...manager.offline], options);
  return result.exitCode === 0;
}

function absent(name: PackageManagerName): UserError {
  const where = name === 'npm' ? 'It comes with Node.js (https://nodejs.org/)' : `Install ${name}`;
  return new UserError(
    `${name} was not found, so nothing is installed. ${where}, or choose another with --package-manager.`,
    { code: 'install/absent' },
  );
}

/** @throws UserError where the tools that a project needs are not there after an install that went well. */
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
    `${manager.name} has left out the development dependencies (${missing.join(', ')}): ` +
      `its configuration says so (omit=dev, production, or the like). Nothing can be built without them.`,
    { code: 'install/without-tools' },
  );
}

export interface InstallOptions extends RunOptions {
  /** Packages that have to be there afterwards. */
  readonly tools: readonly string[];
  /** Where the package manager runs: the root of a workspace that the project is in. Default: the project. */
  readonly root?: string;
}

/**
 * Installs a project's dependencies, those for development too.
 * @returns what the owner should know, as sentences.
 * @throws UserError when it fails; the project is whole all the same. `next` is left to the caller, who knows the way there.
 */
export async function install(name: PackageManagerName, options: InstallOptions): Promise<readonly string[]> {
  const manager = packageManager(name);
  // In production package managers leave out what a project is built with.
  const { NODE_ENV: _production, ...env } = options.env;
  const running = { ...options, env, cwd: options.root ?? options.cwd };
  const notes: string[] = [];
  const { result, fault } = await watched(manager, running);
  if (fault !== undefined) {
    if (!(await fromCache(manager, running))) throw registryError(fault, name);
    notes.push(
      `${registryError(fault, name).message.split(' (')[0]}: installed from what ${name} had downloaded before.`,
    );
  } else if (result?.absent) throw absent(name);
  else if (result?.exitCode !== 0) throw failure(manager, result);
  refuseWithoutTools(manager, options.cwd, options.tools);
  return [...notes, ...(await missingLockfile(manager, running))];
}

function failure(manager: PackageManager, result: Finished | undefined): UserError {
  const output = result?.output ?? '';
  const fault = faultIn(output);
  if (fault !== undefined) return registryError(fault, manager.name);
  const how = result?.exitCode === undefined ? 'was ended' : `ended with ${result.exitCode}`;
  return new UserError(`\`${manager.installCommand}\` ${how}. ${written}\n${tail(output, manager)}`, {
    code: 'install/failed',
  });
}

/**
 * Images and CI install what the lockfile says. Where npm's configuration wants none, the project's own outranks it; in other
 * cases that is for the owner to do.
 */
async function missingLockfile(manager: PackageManager, options: InstallOptions): Promise<readonly string[]> {
  const isThere = () => existsSync(join(options.cwd, manager.lockfile));
  if (isThere()) return [];
  if (manager.name === 'npm' && options.root === undefined) {
    await appendFile(join(options.cwd, '.npmrc'), 'package-lock=true\n');
    await runProgram('npm', [...manager.install, '--package-lock-only'], options);
    if (isThere())
      return [
        'npm is configured with package-lock=false. .npmrc of this project turns the lockfile on: the Dockerfile and CI need it.',
      ];
  }
  return [
    `${manager.name} wrote no ${manager.lockfile}, since its configuration turns it off. The Dockerfile and CI need one: they run \`${manager.cleanInstall}\`.`,
  ];
}
