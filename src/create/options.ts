import {
  accept,
  type Checked,
  checkClientId,
  checkEnvironmentUrl,
  checkMcpUrl,
  checkPort,
  checkResourceId,
  checkScopes,
  type DashboardMetadata,
  defaultPort,
  defaultScopes,
  parseAuthorizationServer,
  parseDashboardMetadata,
  refuse,
} from '../scalekit/index.ts';
import type { OverlayOption } from './answers.ts';
import { defaultOf, languageChoices, overlayChoices, templateChoices } from './catalog.ts';
import type { Named } from './language.ts';
import { checkDirectory, checkName } from './rules.ts';

/**
 * The table of create's options. Flags, prompts, the JSON Schema of the answers, the help and the "to repeat this, run"
 * line are made from it. A value is checked by its row's rule, wherever it comes from.
 */

/** One of the values that a row takes. */
export interface Choice extends Omit<Named, 'value'> {
  readonly value: string | boolean;
}

/** A value's JSON type. The row's rule checks the rest. */
export type JsonForm = 'text' | 'number' | 'switch' | 'list' | 'object' | 'choice' | 'choices';

export interface Option<T> {
  /** The placeholder of the flag's value in the help, e.g. `<n>`; undefined for a switch. */
  readonly value?: string;
  readonly summary: string;
  /** The default, in the words of the help. */
  readonly default?: string;
  readonly form: JsonForm;
  readonly choices?: readonly Choice[];
  /** The question, if there is one. Questions are asked in the order of the table. */
  readonly question?: string;
  readonly placeholder?: string;
  /** Whether a switch has a `--no-…` form. */
  readonly negatable?: true;
  /** Whether the question may be left unanswered. */
  readonly optional?: true;
  /** Whether it sets how the program runs rather than what it makes: not part of `--answers`. */
  readonly mode?: true;
  readonly short?: string;
  /** @param value text (a flag or a typed answer), or a JSON value of the form above. */
  check(value: unknown): Checked<T>;
}

/** What the table has to state for each kind of option; the functions below add the rest. */
type Details<T> = Omit<Option<T>, 'form' | 'check'>;

function text(rule: (text: string) => Checked<string>, details: Details<string>): Option<string> {
  return { ...details, form: 'text', check: (value) => rule(String(value)) };
}

function other<T>(option: Option<T>): Option<T> {
  return option;
}

function toggle(details: Details<boolean>): Option<boolean> {
  return { ...details, form: 'switch', check: (value) => accept(value === true) };
}

/** The names that can be chosen in this version. */
function namesOf(rows: readonly Named[]): string {
  const ready = rows.filter((each) => each.notYet === undefined);
  return ready.map((each) => each.value).join(', ');
}

/** Checks one name against the rows that can be chosen. */
function checkNamed<T extends string>(
  code: string,
  rows: ReadonlyArray<Named<T>>,
  value: unknown,
  expected = namesOf(rows),
): Checked<T> {
  const found = rows.find((each) => each.value === value);
  if (found?.notYet)
    return refuse(`${code}/not-yet`, `${found.label} is not in this version yet`, found.value, expected);
  return found ? accept(found.value) : refuse(code, `There is no such ${code}`, String(value), expected);
}

/** An option that takes one of some rows. @param code what is chosen, in words. */
function choice<T extends string>(
  code: string,
  rows: ReadonlyArray<Named<T>>,
  details: Details<T>,
): Option<T> {
  return {
    ...details,
    form: 'choice',
    choices: rows,
    check: (value) => checkNamed(code, rows, value),
  };
}

/** The value for no overlay at all. */
const none = 'none';

/** An option that takes any of its overlays, or `none`. */
function overlays(option: OverlayOption, details: Details<readonly string[]>): Option<readonly string[]> {
  const rows = overlayChoices(option);
  const available = namesOf(rows);
  const expected = available === '' ? `no --${option}` : `${available}, ${none}`;
  const check = (value: unknown): Checked<readonly string[]> => {
    const names = Array.isArray(value) ? value.map(String) : String(value).split(/[\s,]+/);
    if (names.join() === none || names.length === 0) return accept([]);
    for (const name of names) {
      const checked = checkNamed(option, rows, name, expected);
      if (!checked.ok) return checked;
    }
    return accept([...new Set(names)]);
  };
  return { ...details, form: 'choices', choices: [...rows, { value: none, label: 'None' }], check };
}

/** The default, for the help. */
function preset(option: 'language' | 'template' | OverlayOption): { default: string } {
  return { default: defaultOf(option) ?? none };
}

/** The values in a paste. The authorization server's own metadata, pasted by mistake, does not have MCP_URL. */
export interface PastedMetadata extends Omit<DashboardMetadata, 'mcpUrl'> {
  readonly mcpUrl: string | undefined;
}

function checkMetadata(value: unknown): Checked<PastedMetadata> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const parsed = parseDashboardMetadata(text);
  const parts = parsed.ok ? undefined : parseAuthorizationServer(text);
  if (parts === undefined) return parsed;
  return accept({ ...parts, mcpUrl: undefined, scopes: undefined }, [
    "This is the authorization server's metadata: it has the environment and the resource, but not MCP_URL or the scopes.",
  ]);
}

function checkScopeList(value: unknown): Checked<readonly string[]> {
  return checkScopes(Array.isArray(value) ? value.map(String) : String(value));
}

export const options = {
  directory: text(checkDirectory, {
    value: '[directory]',
    summary: 'where to create the project; . is this folder',
    default: 'asked; todo-mcp or mcp-server',
    question: 'Where should the project be created?',
  }),
  name: text(checkName, {
    value: '<text>',
    summary: "the server's display name",
    default: 'from the directory',
  }),
  template: choice('template', templateChoices, {
    value: '<name>',
    summary: 'what to start from',
    ...preset('template'),
    question: 'Which template?',
  }),
  language: choice('language', languageChoices, {
    value: '<name>',
    summary: 'the language of the project',
    ...preset('language'),
  }),
  port: other<number>({
    value: '<n>',
    summary: 'the port that the server listens on',
    default: String(defaultPort),
    form: 'number',
    check: (value) => checkPort(String(value)),
  }),
  emulator: toggle({
    summary: 'use the local Scalekit: no account, no network',
    default: 'on when no Scalekit value is given',
    question: 'Which Scalekit should protect it?',
    choices: [
      { value: true, label: 'Use the local Scalekit (no account needed)' },
      { value: false, label: 'I have Scalekit credentials' },
    ],
  }),
  metadata: other<PastedMetadata>({
    value: '<json|file|->',
    summary: 'the dashboard\'s "Metadata JSON": sets environment, resource id, MCP_URL and scopes',
    form: 'object',
    question: 'Paste the "Metadata JSON" (Dashboard > MCP Servers), or your environment URL',
    check: checkMetadata,
  }),
  register: toggle({
    summary: 'afterwards sign in to Scalekit and register the server; not with --no-install',
  }),
  environmentUrl: text(checkEnvironmentUrl, {
    value: '<url>',
    summary: "your Scalekit environment's URL",
  }),
  clientId: text(checkClientId, {
    value: '<skc_…>',
    summary: "the environment's client id; the server does not need it",
    question: 'Client id (Dashboard > Settings > API credentials), or Enter for none',
    optional: true,
    placeholder: 'skc_…',
  }),
  resourceId: text(checkResourceId, {
    value: '<res_…>',
    summary: "the MCP server's resource id",
    question: 'Resource id (Dashboard > MCP Servers > your server)',
    placeholder: 'res_…',
  }),
  mcpUrl: text(checkMcpUrl, {
    value: '<url>',
    summary: 'the public base URL, with a trailing slash and without /mcp',
    default: 'http://localhost:<port>/',
  }),
  scopes: other<readonly string[]>({
    value: '<a,b>',
    summary: 'the scopes of your tools',
    default: defaultScopes.join(','),
    form: 'list',
    check: checkScopeList,
  }),
  store: choice('store', overlayChoices('store'), {
    value: '<name>',
    summary: 'where todos are stored',
    ...preset('store'),
  }),
  with: overlays('with', {
    value: '<a,b>',
    summary: 'more examples in the blank server; they need the first of --scopes',
    question: 'More examples (Space selects)',
    ...preset('with'),
  }),
  deploy: overlays('deploy', {
    value: '<a,b>',
    summary: 'files for deploying the server',
    ...preset('deploy'),
  }),
  packageManager: choice(
    'package manager',
    [
      { value: 'npm', label: 'npm' },
      { value: 'pnpm', label: 'pnpm' },
      { value: 'yarn', label: 'Yarn' },
      { value: 'bun', label: 'Bun' },
    ],
    {
      value: '<name>',
      summary: 'the package manager to install with',
      default: 'the one that ran us',
      question: 'Which package manager?',
    },
  ),
  install: toggle({ negatable: true, summary: 'install the dependencies', default: 'on' }),
  git: toggle({ negatable: true, summary: 'run git init and make a first commit', default: 'on' }),
  check: toggle({
    negatable: true,
    summary: 'start the server once and check that it is protected',
    default: 'on',
  }),
  overwrite: toggle({ summary: 'write into a folder that is not empty; replaces files of the same name' }),
  answers: other<string>({
    value: '<file|->',
    summary: 'read all of the above from JSON (see --print-schema)',
    form: 'text',
    mode: true,
    check: (value) => accept(String(value)),
  }),
  printSchema: toggle({ mode: true, summary: 'print the JSON Schema of --answers' }),
  yes: toggle({ mode: true, short: '-y', summary: 'do not ask; use the defaults' }),
  dryRun: toggle({ mode: true, summary: 'list the files without writing them' }),
  json: toggle({ mode: true, summary: 'print one JSON document and nothing else' }),
} as const satisfies Record<string, unknown>;

export type OptionName = keyof typeof options;
type ValueOf<O> = O extends Option<infer T> ? T : never;

/** The options that were given, by flags, answers or prompts, each checked by its row. */
export type Given = { readonly [K in OptionName]?: ValueOf<(typeof options)[K]> };

export const optionNames = Object.keys(options) as readonly OptionName[];

/** @returns a row without its value's type, for code that treats all rows alike. */
export function optionOf(name: OptionName): Option<unknown> {
  return options[name] as Option<unknown>;
}

/** @returns the flag of an option, e.g. `--environment-url`; `[directory]` for the directory, which has none. */
export function flagOf(name: OptionName): string {
  return name === 'directory'
    ? '[directory]'
    : `--${name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
}
