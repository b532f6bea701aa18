import {
  type Checked,
  type DashboardMetadata,
  isLoopback,
  parseAuthorizationServer,
  parseDashboardMetadata,
  portOf,
} from '../scalekit/index.ts';
import { type Context, exitCodes, isInteractive } from '../terminal/context.ts';
import { Interrupted, problemsError, UsageError } from '../terminal/errors.ts';
import { readSource } from '../terminal/source.ts';
import type { Person } from './person.ts';
import { currentValue, type Project, readProject } from './project.ts';
import type { RegisterReport } from './report.ts';
import { planSettings, previewSettings, type Wanted, writeSettings } from './settings.ts';

/** `register --metadata`: fills in the `.env` of an existing project from the dashboard's Metadata JSON, offline. */

export interface PasteOptions {
  /** The JSON itself, its file, or `-` for standard input. */
  readonly source: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

const flag = '--metadata';

/** Reads a paste. If it is the authorization server's own metadata, the project has the other values. */
function read(text: string, project: Project): Checked<DashboardMetadata> {
  const parsed = parseDashboardMetadata(text);
  const parts = parsed.ok ? undefined : parseAuthorizationServer(text);
  if (parts === undefined) return parsed;
  const note = `This is the authorization server's metadata: it has the environment and the resource. MCP_URL stays ${project.mcpUrl}.`;
  return { ok: true, value: { ...parts, mcpUrl: project.mcpUrl, scopes: undefined }, notes: [note] };
}

/** A person pastes it at a prompt, which keeps line breaks; a program sends it on standard input. */
async function readText(
  { source, yes, dryRun }: PasteOptions,
  project: Project,
  context: Context,
  person: Person | undefined,
): Promise<string> {
  if (source.trimStart().startsWith('{')) return source;
  if (source !== '-' || person === undefined) {
    if (source === '-' && !yes && !dryRun)
      throw new UsageError(`${flag} - reads the standard input, so it cannot be used for questions.`, {
        code: 'arguments/missing',
        missing: ['--yes'],
        next: `scalekit-mcp register ${flag} - --yes`,
      });
    return readSource(source, flag, context);
  }
  return person.type('Paste the "Metadata JSON" (Dashboard > MCP Servers > your server)', (typed) => {
    const parsed = read(typed, project);
    return parsed.ok ? undefined : `${parsed.problem.reason}. Expected ${parsed.problem.expected}`;
  });
}

/** For a URL on this machine, the port follows the URL. */
function portFor(mcpUrl: string, project: Project): Wanted {
  const url = new URL(mcpUrl);
  return isLoopback(url) && mcpUrl !== project.mcpUrl ? { PORT: String(portOf(url)) } : {};
}

function notesOn({ scopes, mcpUrl }: DashboardMetadata, project: Project): readonly string[] {
  const notes: string[] = [];
  if (scopes !== undefined) {
    const own = project.scopes.map(({ name }) => name);
    const absent = own.filter((name) => !scopes.includes(name));
    const unknown = scopes.filter((name) => !own.includes(name));
    if (absent.length > 0)
      notes.push(
        `The dashboard does not list ${absent.join(', ')}, which this server requires: select them there (MCP Servers > your server > Scopes).`,
      );
    if (unknown.length > 0)
      notes.push(`The dashboard also lists scopes that this server does not use: ${unknown.join(', ')}.`);
  }
  if (!isLoopback(new URL(mcpUrl)) && isLoopback(new URL(project.mcpUrl)))
    notes.push(
      `MCP_URL becomes ${mcpUrl}, which clients have to reach. To work on this machine, register ${project.mcpUrl} as well.`,
    );
  return notes;
}

function wantedFrom({ environmentUrl, resourceId, mcpUrl }: DashboardMetadata, project: Project): Wanted {
  const isSame = currentValue(project, 'SCALEKIT_ENVIRONMENT_URL') === environmentUrl;
  return {
    ...portFor(mcpUrl, project),
    SCALEKIT_ENVIRONMENT_URL: environmentUrl,
    // The paste has no client id; that of another environment would be wrong, and the server needs none.
    ...(isSame ? {} : { SCALEKIT_CLIENT_ID: '' }),
    SCALEKIT_RESOURCE_ID: resourceId,
    MCP_URL: mcpUrl,
  };
}

/** @param person whom to ask; undefined if there is nobody. */
async function fill(
  options: PasteOptions,
  project: Project,
  context: Context,
  person: Person | undefined,
  say: (text: string) => void,
): Promise<RegisterReport> {
  const parsed = read(await readText(options, project, context, person), project);
  if (!parsed.ok) throw problemsError([{ ...parsed.problem, option: flag }], 'scalekit-mcp register --help');
  const variables = wantedFrom(parsed.value, project);
  const settings = planSettings(project, variables);
  const isIdle = settings.changed.length === 0;
  const outranked = settings.outranked.map(
    (name) => `${name} is set in this shell, which overrides .env: unset it there.`,
  );
  if (!isIdle) say(`\nIn this project:\n${(await previewSettings(project, settings)).trimEnd()}\n`);
  if (!options.dryRun && !isIdle) {
    if (!options.yes && !(await person?.confirm('Write this?', true)))
      throw new Interrupted('Cancelled. Nothing was written.');
    await writeSettings(project, settings, context.signal);
  }
  return {
    ok: true,
    exitCode: exitCodes.ok,
    dryRun: options.dryRun,
    state: isIdle ? 'unchanged' : options.dryRun ? 'planned' : 'filled',
    variables,
    changed: settings.changed,
    warnings: [],
    notes: [...parsed.notes, ...notesOn(parsed.value, project), ...outranked],
    steps: [],
  };
}

/**
 * Fills in `.env` from a paste.
 * @param screen for messages to the person; its stdout is a terminal if there is one.
 * @throws UsageError for an invalid paste, or without `--yes` if nobody can be asked; nothing is written then.
 */
export async function fillFromPaste(
  options: PasteOptions,
  context: Context,
  screen: Context,
): Promise<RegisterReport> {
  const project = await readProject(context.cwd, context.env);
  const asks = isInteractive(screen);
  if (!asks && !options.yes && !options.dryRun && options.source !== '-')
    throw new UsageError('Changing .env needs your consent, and this is not a terminal.', {
      code: 'arguments/missing',
      missing: ['--yes'],
      next: `scalekit-mcp register ${flag} … --yes`,
    });
  const person = asks ? (await import('./terminal-person.ts')).terminalPerson(screen) : undefined;
  return fill(options, project, context, person, (text) => void screen.stdout.write(`${text}\n`));
}
