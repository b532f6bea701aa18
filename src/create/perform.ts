import { join } from 'node:path';
import type { CheckResult } from '../doctor/model.ts';
import { type EnvFile, readEnvFile } from '../project/env-file.ts';
import { packageManager } from '../project/package-manager.ts';
import { serverUrls } from '../scalekit/index.ts';
import { type Context, exitCodes } from '../terminal/context.ts';
import { UserError } from '../terminal/errors.ts';
import type { Screen } from '../terminal/screen.ts';
import { quoteForShell } from '../terminal/shell.ts';
import type { File } from './answers.ts';
import { baseTexts } from './base-texts.ts';
import { languageOf, overlaysOf, unfitNode } from './catalog.ts';
import type { Commands } from './language.ts';
import type { Given } from './options.ts';
import { loadTemplates, released } from './packed.ts';
import { inPlace } from './placement.ts';
import { byPath, plan } from './plan.ts';
import { repeatCommand } from './repeat.ts';
import type { CheckReport, CreateReport, RegisterStep, StepReport } from './report.ts';
import type { Resolved } from './resolve.ts';
import { inspectTarget, refusalOf, replacedBy } from './target.ts';
import { readTooling } from './tooling.ts';
import { type Written, writeProject } from './write.ts';

/** What there is to do after the last answer. */
export interface Job {
  readonly given: Given;
  readonly resolved: Resolved;
  readonly notes: readonly string[];
  readonly context: Context;
  readonly screen: Screen;
  /** Called with each result of the self-check as it comes. */
  readonly onResult: (result: CheckResult) => void;
}

/** The `.env` of a folder that is overwritten: its other variables are the owner's. */
async function existingEnv(resolved: Resolved): Promise<EnvFile | undefined> {
  if (!resolved.overwrite) return undefined;
  const path = join(resolved.directory, '.env');
  return (await inspectTarget(path)).kind === 'file' ? readEnvFile(path) : undefined;
}

async function planFiles(job: Job): Promise<readonly File[]> {
  // A dry run compares contents only if it may replace files.
  const namesAlone = job.given.dryRun && !job.resolved.overwrite;
  const files = await plan({
    answers: job.resolved.project,
    templates: loadTemplates(job.resolved.project.language),
    tooling: await readTooling(released, namesAlone ? undefined : job.context),
    existingEnv: await existingEnv(job.resolved),
  });
  return [...files, baseTexts(files)].sort(byPath);
}

interface InstallReport extends StepReport {
  readonly error?: UserError;
  readonly notes?: readonly string[];
}

const skipped = (detail: string): StepReport => ({ state: 'skipped', detail });

/** @returns the outcome, with notes for the owner. */
async function installStep(job: Job): Promise<InstallReport> {
  const { resolved, context, screen } = job;
  if (!resolved.install) return skipped('--no-install');
  const { install, installers } = await languageOf(resolved.project).load();
  const name = installers(resolved.project);
  const options = { cwd: resolved.directory, env: context.env, signal: context.signal };
  try {
    const notes = await screen.step(
      `Installing with ${name}`,
      () => install(resolved.project, options),
      () => `Installed with ${name}`,
    );
    for (const note of notes) screen.line(`i ${note}`);
    return { state: 'done', notes };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return { state: 'failed', detail: error.message, error };
  }
}

async function gitStep(job: Job, files: readonly File[], fresh: boolean): Promise<StepReport> {
  const { resolved, context, screen } = job;
  if (!resolved.git) return skipped('--no-git');
  if (!fresh) {
    const detail = 'The folder already had files of yours: commit when you are ready.';
    screen.line(`- Not committed: ${detail}`);
    return skipped(detail);
  }
  const { initialiseRepository } = await import('../project/git.ts');
  const options = { cwd: resolved.directory, env: context.env, signal: context.signal };
  const result = await initialiseRepository(
    files.map((file) => file.path).filter((path) => path !== '.env'),
    options,
  );
  if (result.state === 'committed') {
    screen.line('✓ Committed to a new git repository');
    return { state: 'done' };
  }
  screen.line(`- Not committed: ${result.detail}`);
  return skipped(result.detail);
}

async function checkStep(job: Job, installed: boolean): Promise<CheckReport> {
  const { resolved, context, screen } = job;
  if (!resolved.check) return { ...skipped('--no-check'), results: [] };
  if (!installed) return { ...skipped('The dependencies are not installed'), results: [] };
  const { checkProject } = await import('./self-check.ts');
  const { directory } = resolved;
  const unfit = unfitNode(resolved.project, process.versions.node);
  const checked: CheckReport =
    unfit === undefined
      ? await checkProject({ directory, context, onResult: job.onResult })
      : { ...skipped(unfit), results: [] };
  if (checked.state === 'skipped' && checked.results.length === 0)
    screen.line(`- Not checked: ${checked.detail}`);
  return checked;
}

/** @returns what the server needs but would not find, as sentences. */
async function missingEngines(job: Job): Promise<readonly string[]> {
  const { resolved, screen } = job;
  if (!resolved.check) return [];
  const { unreachable } = await import('./reach.ts');
  const missing = await unreachable(resolved.directory, overlaysOf(resolved.project));
  for (const each of missing) screen.line(`! ${each}`);
  return missing;
}

function nextCommands(resolved: Resolved, commands: Commands, installed: boolean): readonly string[] {
  return [
    ...(resolved.shownDirectory === '.' ? [] : [`cd ${quoteForShell(resolved.shownDirectory)}`]),
    ...(installed ? [] : [commands.install]),
    commands.dev,
  ];
}

interface Steps {
  readonly install: InstallReport;
  readonly git: StepReport;
  readonly check: CheckReport;
  /** Engines that do not answer, as sentences. */
  readonly missing: readonly string[];
  readonly register?: RegisterStep;
}

/** @param fresh whether the folder had no files of the owner's before. */
async function runSteps(job: Job, files: readonly File[], fresh: boolean): Promise<Steps> {
  const install = await installStep(job);
  const git = await gitStep(job, files, fresh);
  const check = await checkStep(job, install.state === 'done');
  return { install, git, check, missing: await missingEngines(job) };
}

/** By now the project is complete; it stays even if this fails. */
async function registerStep(job: Job, { install, check }: Steps): Promise<RegisterStep | undefined> {
  const { resolved, context, screen, given } = job;
  if (given.register !== true) return undefined;
  if (install.state !== 'done' || check.state === 'failed')
    return { state: 'failed', detail: 'The project has to be installed and pass its self-check first.' };
  const { registerProject } = await import('./register.ts');
  screen.line('\nRegistering it with Scalekit');
  const { directory } = resolved;
  return registerProject({ directory, yes: given.yes === true, json: given.json === true, context });
}

/** After an interrupt: removes a project that this run created; files written into an existing folder stay. */
async function takeBack(written: Written, job: Job): Promise<void> {
  await written.remove();
  const { shownDirectory } = job.resolved;
  job.context.stderr.write(
    written.fresh
      ? 'Interrupted. Nothing was left behind.\n'
      : `Interrupted. The files are in ${shownDirectory}; the remaining steps were not run.\n`,
  );
}

interface NextCommands {
  readonly doctor: string;
  readonly register: string;
}

function errorOf(steps: Steps, next: readonly string[], commands: NextCommands): CreateReport['error'] {
  const { error } = steps.install;
  if (error !== undefined)
    return { code: error.code, message: error.message, next: next.slice(0, 2).join(' && ') };
  if (steps.check.state === 'failed')
    return {
      code: 'check/failed',
      message: steps.check.detail ?? '',
      next: [...next.slice(0, -1), commands.doctor].join(' && '),
    };
  if (steps.register?.state !== 'failed') return undefined;
  return {
    code: steps.register.interrupted ? 'interrupted' : 'register/failed',
    message: `The project is complete and uses the local Scalekit, but was not registered. ${steps.register.detail}`,
    next: [...next.slice(0, -1), commands.register].join(' && '),
  };
}

/** @returns the exit code; stopping the registration is not a failure. */
function exitCodeOf(error: CreateReport['error']): CreateReport['exitCode'] {
  if (error === undefined) return exitCodes.ok;
  return error.code === 'interrupted' ? exitCodes.interrupted : exitCodes.failed;
}

async function reportOf(
  job: Job,
  files: readonly File[],
  replaced: readonly string[],
  steps: Steps,
): Promise<CreateReport> {
  const { resolved, given } = job;
  const { project } = resolved;
  const commands = (await languageOf(project).load()).commands(project);
  const next = nextCommands(resolved, commands, steps.install.state === 'done');
  const { exec } = packageManager(project.packageManager);
  const register = exec('scalekit-mcp register');
  const error = errorOf(steps, next, { doctor: commands.doctor, register });
  return {
    ok: error === undefined,
    exitCode: exitCodeOf(error),
    dryRun: given.dryRun === true,
    directory: resolved.directory,
    name: project.name,
    packageName: project.packageName,
    template: project.template,
    scalekit: project.scalekit === undefined && steps.register?.state !== 'done' ? 'local' : 'real',
    mcpUrl: project.mcpUrl,
    endpoint: serverUrls(project.mcpUrl).endpoint,
    files: files.map((file) => file.path),
    replaced,
    notes: [...job.notes, ...(steps.install.notes ?? []), ...steps.missing],
    install: { state: steps.install.state, ...(steps.install.detail && { detail: steps.install.detail }) },
    git: steps.git,
    check: steps.check,
    ...(steps.register && { register: steps.register }),
    next,
    connect: exec('scalekit-mcp connect claude-code'),
    ...repeatCommand(given, resolved),
    ...(error === undefined ? {} : { error }),
  };
}

/**
 * Writes the project, installs it, commits it, checks it.
 * @returns what was done. If the install or the self-check fails, the report says so and the project stays.
 * @throws UserError if the project could not be written (nothing is left behind); the signal's reason after an interrupt.
 */
export async function perform(asked: Job): Promise<CreateReport> {
  const { resolved: placed, notes } = await inPlace(asked.resolved, asked.context.env);
  for (const note of notes) asked.screen.line(`i ${note}`);
  const job: Job = { ...asked, resolved: placed, notes: [...asked.notes, ...notes] };
  const { resolved, context, screen, given } = job;
  const files = await planFiles(job);
  const replaced = resolved.overwrite ? await replacedBy(files, resolved.directory) : [];
  if (given.dryRun) {
    const refusal = refusalOf(
      resolved.directory,
      await inspectTarget(resolved.directory),
      resolved.overwrite,
    );
    if (refusal !== undefined) throw refusal;
    const none = skipped('--dry-run');
    return reportOf(job, files, replaced, {
      install: none,
      git: none,
      check: { ...none, results: [] },
      missing: [],
    });
  }
  const { overwrite } = resolved;
  const written = await writeProject(files, resolved.directory, { overwrite, signal: context.signal });
  screen.line(`✓ Wrote ${files.length} files to ${resolved.shownDirectory}`);
  if (replaced.length > 0) screen.line(`i Replaced existing files: ${replaced.join(', ')}`);
  const steps = await runSteps(job, files, written.fresh).catch(async (error: unknown) => {
    if (context.signal.aborted) await takeBack(written, job);
    throw error;
  });
  const register = await registerStep(job, steps);
  return reportOf(job, files, replaced, { ...steps, ...(register && { register }) });
}
