/** The doctor's flags: what the command line takes, `--help` says and docs/doctor/README.md lists. It imports nothing of the doctor, because the table of commands is loaded without what the commands need. */
interface OptionRow {
  readonly name: string;
  /** Its argument, as the help shows it; undefined for a switch. */
  readonly value?: string;
  readonly summary: string;
}

export const doctorOptions = [
  { name: 'offline', summary: 'only read files, and request nothing over the network' },
  {
    name: 'token',
    value: '<jwt|->',
    summary: 'an access token to judge, claim by claim (- reads stdin; or SCALEKIT_MCP_TOKEN)',
  },
  {
    name: 'start',
    summary: 'if the server does not run, start it for a moment, and say why it fails',
  },
  { name: 'env-file', value: '<file>', summary: 'read the settings from this file instead of .env' },
  {
    name: 'client',
    value: '<name>',
    summary: 'claude-code, claude, chatgpt, vscode, cursor, codex, gemini, inspector: will it get through?',
  },
  {
    name: 'directory',
    value: '<name>',
    summary: 'claude | openai: would their directory take it?',
  },
  {
    name: 'surface',
    value: '<file>',
    summary: 'record what clients know about the tools; later, say what breaks them',
  },
  { name: 'fix', summary: 'show what can be fixed, ask, and fix it' },
  { name: 'yes', summary: 'with --fix: do not ask' },
  { name: 'watch', summary: 'check again when a file that was read, or the server, changes' },
  { name: 'only', value: '<list>', summary: 'only these codes or steps, e.g. SKM108,server' },
  { name: 'skip', value: '<list>', summary: 'all but these codes or steps' },
  {
    name: 'fail-on',
    value: '<level>',
    summary: 'error | warning: what makes the exit code 1 (default error)',
  },
  { name: 'verbose', summary: 'every check, with what was seen' },
  { name: 'quiet', summary: 'only a line for each finding' },
  { name: 'format', value: '<name>', summary: 'text | json | github (annotations)' },
  { name: 'json', summary: 'the same as --format json' },
  { name: 'save', value: '<file>', summary: 'save what was found out, without secrets, for a bug report' },
  { name: 'from', value: '<file>', summary: 'judge what --save wrote, here or elsewhere' },
  {
    name: 'live',
    summary: 'ask your Scalekit environment what no document says, step by step, and save the answers',
  },
  { name: 'explain', value: '<code>', summary: 'what a code means, at length' },
] as const satisfies readonly OptionRow[];

type Row = (typeof doctorOptions)[number];

/** `fail-on` as commander names it: `failOn`. */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The options as commander passes them. */
export type DoctorFlags = {
  readonly [Each in Row as CamelCase<Each['name']>]?: Each extends { readonly value: string }
    ? string
    : boolean;
} & {
  /** The server to ask instead of the project's own. */
  readonly argument?: string;
};

function flagOf({ name, value }: OptionRow): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** The rows as the table of commands takes them. */
export const doctorOptionRows: ReadonlyArray<readonly [flags: string, summary: string]> = doctorOptions.map(
  (row) => [flagOf(row), row.summary],
);
