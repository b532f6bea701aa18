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

/** Everything that create needs to know. */
export interface Resolved {
  /** Absolute. */
  readonly directory: string;
  /** As a person would type it here. */
  readonly shownDirectory: string;
  readonly project: Answers;
  readonly install: boolean;
  readonly git: boolean;
  readonly check: boolean;
  readonly overwrite: boolean;
  /** What was corrected or assumed, as sentences. */
  readonly notes: readonly string[];
}

/** How and where create was run, on which some defaults depend. */
export interface Invocation {
  readonly cwd: string;
  /** The package manager that ran us. */
  readonly packageManager: PackageManagerName | undefined;
}

/** Checks each value by its row. @returns the valid values, the problems, and the corrections. */
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

/** @returns whether the real Scalekit was chosen: by one of its values, or by declining the local one. */
export function isReal(given: Given): boolean {
  return given.emulator === false || scalekitValues.some((name) => given[name] !== undefined);
}

function scopesOf(given: Given): readonly string[] {
  return given.scopes ?? given.metadata?.scopes ?? defaultScopes;
}

/** @returns what was chosen of languages, templates and overlays. */
export function choicesOf({ language, template, store, with: examples, deploy }: Given): Choices {
  return {
    ...(language === undefined ? {} : { language }),
    ...(template === undefined ? {} : { template }),
    ...(store === undefined ? {} : { store: [store] }),
    ...(examples === undefined ? {} : { with: examples }),
    ...(deploy === undefined ? {} : { deploy }),
  };
}

/** Registering needs a project that is written and installed, and uses the local Scalekit until then. */
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
      ? 'Registering finds the Scalekit values itself'
      : 'Registering needs a project that is written and installed';
  return refuse('register/combination', reason, others.join(', '), `--register without ${others.join(', ')}`);
}

/** Contradictions between answers that are valid on their own. */
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
 * Contradictions between the answers before the template is chosen.
 * @returns none if at least one template is compatible with all of them.
 */
export function conflictsWithAnyTemplate(given: Given): readonly OptionProblem[] {
  if (given.template !== undefined) return conflicts(given);
  const all = languageOf(choicesOf(given)).templates.map(({ value }) =>
    conflicts({ ...given, template: value }),
  );
  return all.find((problems) => problems.length === 0) ?? all[0] ?? [];
}

/** @returns the required options that were not given. `yes` takes the default directory. */
export function missingOptions(given: Given): readonly OptionName[] {
  const missing: OptionName[] = [];
  if (given.directory === undefined && given.yes !== true) missing.push('directory');
  if (isReal(given) && given.metadata === undefined) {
    // The client id is for calls to Scalekit's API, and the server makes none.
    for (const name of ['environmentUrl', 'resourceId'] as const)
      if (given[name] === undefined) missing.push(name);
  }
  return missing;
}

/** The template's default directory, e.g. `todo-mcp`. */
export function defaultDirectory(given: Given): string {
  return templateOf(choicesOf(given))?.directory ?? 'mcp-server';
}

/** The port and MCP_URL: if only one is given, the other follows from it. */
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
      notes: [
        `The server listens on ${port}, but MCP_URL has port ${portOf(url)}: something has to forward requests.`,
      ],
    };
  return {
    port,
    mcpUrl,
    notes:
      given.port === undefined && port !== defaultPort ? [`The port was taken from MCP_URL: ${port}.`] : [],
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

/** @returns a path as a person would type it in a folder: relative, unless it would need more than one `..`. */
function shown(cwd: string, directory: string): string {
  const path = relative(cwd, directory);
  if (path === '') return '.';
  return path.startsWith('../..') || path.startsWith('..\\..') || isAbsolute(path) ? directory : path;
}

/** The default display name. The folder's own name may not be a valid one. */
function nameFrom(folder: string): string {
  const checked = checkName(displayNameOf(folder));
  return checked.ok ? checked.value : 'MCP Server';
}

/**
 * Fills in the defaults. The caller has made sure that nothing required is missing (`missingOptions`), and that the answers
 * do not contradict each other (`conflicts`).
 */
export function resolve(given: Given, invocation: Invocation): Resolved {
  const directory = resolvePath(invocation.cwd, given.directory ?? defaultDirectory(given));
  const folder = basename(directory);
  const { port, mcpUrl, notes } = resolveAddress(given);
  const scalekit = resolveScalekit(given);
  const choices = choicesOf(given);
  const language = languageOf(choices);
  return {
    directory,
    shownDirectory: shown(invocation.cwd, directory),
    project: {
      name: given.name ?? nameFrom(folder),
      packageName: packageNameOf(folder, language.takenNames),
      language: language.value,
      template: templateOf(choices)?.value ?? '',
      overlays: resolveOverlays(choices),
      port,
      mcpUrl,
      scopes: scopesOf(given),
      packageManager: given.packageManager ?? invocation.packageManager ?? 'npm',
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
