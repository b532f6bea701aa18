import { basename, isAbsolute, relative, resolve as resolvePath } from 'node:path';
import type { PackageManagerName } from '../project/package-manager.ts';
import {
  accept,
  type Checked,
  defaultPort,
  defaultScopes,
  isLoopback,
  type Problem,
  portOf,
  readWritePair,
  refuse,
} from '../scalekit/index.ts';
import type { OptionProblem } from '../terminal/errors.ts';
import type { Answers } from './answers.ts';
import type { Raw } from './arguments.ts';
import { type Choices, combinationProblems, languageOf, resolveOverlays, templateOf } from './catalog.ts';
import { displayNameOf, packageNameOf } from './names.ts';
import { flagOf, type Given, type OptionName, optionNames, optionOf } from './options.ts';
import { checkName } from './rules.ts';

/** All that create needs to know. */
export interface Resolved {
  /** Absolute. */
  readonly directory: string;
  /** As a person would write it from here. */
  readonly shownDirectory: string;
  readonly project: Answers;
  readonly install: boolean;
  readonly git: boolean;
  readonly check: boolean;
  readonly overwrite: boolean;
  /** What was corrected or assumed, as sentences. */
  readonly notes: readonly string[];
}

/** What the answers depend on besides themselves. */
export interface Surroundings {
  readonly cwd: string;
  /** The package manager that ran us. */
  readonly packageManager: PackageManagerName | undefined;
}

/** Checks each value by its row. @returns what is right, what is not, and what was corrected. */
export function checkEach(raw: Raw): {
  given: Given;
  problems: readonly OptionProblem[];
  notes: readonly string[];
} {
  const given: Record<string, unknown> = {};
  const problems: OptionProblem[] = [];
  const notes: string[] = [];
  for (const name of optionNames) {
    if (raw[name] === undefined) continue;
    const checked = optionOf(name).check(raw[name]);
    if (!checked.ok) problems.push({ ...checked.problem, option: flagOf(name) });
    else {
      given[name] = checked.value;
      notes.push(...checked.notes);
    }
  }
  return { given, problems, notes };
}

const scalekitValues = ['metadata', 'environmentUrl', 'clientId', 'resourceId'] as const;

/** @returns whether real Scalekit was chosen: by a value of it, or by refusing the local one. */
export function isReal(given: Given): boolean {
  return given.emulator === false || scalekitValues.some((name) => given[name] !== undefined);
}

function scopesOf(given: Given): readonly string[] {
  return given.scopes ?? given.metadata?.scopes ?? defaultScopes;
}

/** What was chosen of languages, templates and overlays. */
function choicesOf({ language, template, store, with: examples, deploy }: Given): Choices {
  return {
    ...(language === undefined ? {} : { language }),
    ...(template === undefined ? {} : { template }),
    ...(store === undefined ? {} : { store: [store] }),
    ...(examples === undefined ? {} : { with: examples }),
    ...(deploy === undefined ? {} : { deploy }),
  };
}

/** Registering starts from a project that is really there, on the local Scalekit. */
function checkRegister(given: Given): Checked<unknown> {
  if (given.register !== true) return accept(undefined);
  const values = scalekitValues.filter((name) => given[name] !== undefined).map(flagOf);
  const others = [
    ...values,
    ...(given.install === false ? ['--no-install'] : []),
    ...(given.dryRun === true ? ['--dry-run'] : []),
  ];
  if (others.length === 0) return accept(undefined);
  const reason =
    values.length > 0
      ? 'Registering finds the Scalekit values by itself'
      : 'Registering needs a project that is written and installed';
  return refuse('register/combination', reason, others.join(', '), `--register without ${others.join(', ')}`);
}

/** What is wrong between the answers, each being right by itself. */
export function conflicts(given: Given): readonly OptionProblem[] {
  const found: OptionProblem[] = [];
  const add = (option: OptionName, checked: Checked<unknown>) => {
    if (!checked.ok) found.push({ ...(checked.problem satisfies Problem), option: flagOf(option) });
  };
  if (given.emulator === true && isReal(given)) {
    const values = scalekitValues.filter((name) => given[name] !== undefined).map(flagOf);
    add(
      'emulator',
      refuse(
        'emulator/and-real',
        'The local Scalekit has its own values',
        values.join(', '),
        'either --emulator or Scalekit values',
      ),
    );
  }
  add('register', checkRegister(given));
  for (const { about, ...problem } of combinationProblems(choicesOf(given)))
    found.push({ ...problem, option: flagOf(about) });
  if (templateOf(choicesOf(given))?.needsPair) {
    const scopes = scopesOf(given);
    const fault = refuse(
      'scopes/no-pair',
      'The todo server needs one scope to read and one to write',
      scopes.join(','),
      'a pair such as todo:read,todo:write, or --template blank',
    );
    add('scopes', readWritePair(scopes) === undefined ? fault : accept(scopes));
  }
  return found;
}

/**
 * What is wrong between the answers while the template is still to be asked for.
 * @returns nothing where one template is left that goes with them all.
 */
export function conflictsWithAnyTemplate(given: Given): readonly OptionProblem[] {
  if (given.template !== undefined) return conflicts(given);
  const all = languageOf(choicesOf(given)).templates.map(({ value }) =>
    conflicts({ ...given, template: value }),
  );
  return all.find((problems) => problems.length === 0) ?? all[0] ?? [];
}

/** @returns the options without which nothing can be created. `yes` takes the default directory. */
export function missingOptions(given: Given): readonly OptionName[] {
  const missing: OptionName[] = [];
  if (given.directory === undefined && given.yes !== true) missing.push('directory');
  if (isReal(given) && given.metadata === undefined) {
    // The client id is for calls to Scalekit's API, which the server makes none of.
    for (const name of ['environmentUrl', 'resourceId'] as const)
      if (given[name] === undefined) missing.push(name);
  }
  return missing;
}

/** The directory where none was given: the template's, e.g. `todo-mcp`. */
export function defaultDirectory(given: Given): string {
  return templateOf(choicesOf(given))?.directory ?? 'mcp-server';
}

/** The port, and MCP_URL: each follows from the other where only one is given. */
function resolveAddress(given: Given): { port: number; mcpUrl: string; notes: readonly string[] } {
  const mcpUrl = given.mcpUrl ?? given.metadata?.mcpUrl;
  if (mcpUrl === undefined) {
    const port = given.port ?? defaultPort;
    return { port, mcpUrl: `http://localhost:${port}/`, notes: [] };
  }
  const url = new URL(mcpUrl);
  if (!isLoopback(url)) return { port: given.port ?? defaultPort, mcpUrl, notes: [] };
  const port = given.port ?? portOf(url);
  if (port !== portOf(url))
    return {
      port,
      mcpUrl,
      notes: [`The server listens on ${port}, and MCP_URL says ${portOf(url)}: something has to forward it.`],
    };
  return {
    port,
    mcpUrl,
    notes: given.port === undefined && port !== defaultPort ? [`The port is MCP_URL's: ${port}.`] : [],
  };
}

function resolveScalekit(given: Given): Answers['scalekit'] {
  if (!isReal(given)) return undefined;
  return {
    environmentUrl: given.environmentUrl ?? given.metadata?.environmentUrl ?? '',
    resourceId: given.resourceId ?? given.metadata?.resourceId ?? '',
    clientId: given.clientId ?? '',
  };
}

function notesOn(scalekit: Answers['scalekit']): readonly string[] {
  if (scalekit === undefined || scalekit.clientId !== '') return [];
  return ['SCALEKIT_CLIENT_ID is empty in .env: the server does not need it.'];
}

/** @returns a path as a person would write it from a folder: relative where that is shorter, never with more than one `..`. */
function shown(cwd: string, directory: string): string {
  const path = relative(cwd, directory);
  if (path === '') return '.';
  return path.startsWith('../..') || path.startsWith('..\\..') || isAbsolute(path) ? directory : path;
}

/** The display name where none was given; the folder we stand in may have a name that is none. */
function nameFrom(folder: string): string {
  const checked = checkName(displayNameOf(folder));
  return checked.ok ? checked.value : 'MCP Server';
}

/**
 * Fills in the defaults. Nothing required may be missing any more (`missingOptions`), and no answer may contradict
 * another (`conflicts`).
 */
export function resolve(given: Given, around: Surroundings): Resolved {
  const directory = resolvePath(around.cwd, given.directory ?? defaultDirectory(given));
  const folder = basename(directory);
  const { port, mcpUrl, notes } = resolveAddress(given);
  const scalekit = resolveScalekit(given);
  const choices = choicesOf(given);
  const language = languageOf(choices);
  return {
    directory,
    shownDirectory: shown(around.cwd, directory),
    project: {
      name: given.name ?? nameFrom(folder),
      packageName: packageNameOf(folder, language.takenNames),
      language: language.value,
      template: templateOf(choices)?.value ?? '',
      overlays: resolveOverlays(choices),
      port,
      mcpUrl,
      scopes: scopesOf(given),
      packageManager: given.packageManager ?? around.packageManager ?? 'npm',
      place: { workspace: undefined, repository: undefined, underYarn: false },
      scalekit,
    },
    install: given.install ?? true,
    git: given.git ?? true,
    check: given.check ?? true,
    overwrite: given.overwrite ?? false,
    notes: [...notes, ...notesOn(scalekit)],
  };
}
