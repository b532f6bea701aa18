import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdown } from '../../create/prose.ts';
import { addToScopesFile, readScopesFile, scopeLine, scopesFile } from '../../project/scopes-file.ts';
import { describeScope } from '../../scalekit/index.ts';
import { systemCode, UserError } from '../../terminal/errors.ts';
import { addRows, registerTool, testingSpecifier } from './edits.ts';
import { pinNewScopes } from './pinned-scopes.ts';
import type { AddRequest, ToolRequest } from './request.ts';
import { argumentsOfStart, testSource, toolSource } from './sources.ts';

const indexFile = 'src/tools/index.ts';
const supportFile = 'test/support.ts';

/** What is added in one place. */
export interface Addition {
  readonly path: string;
  /** Where in the file, for somebody who does it by hand; undefined for a new file. */
  readonly where: string | undefined;
  readonly text: string;
}

export interface AddPlan {
  /** New texts by path. */
  readonly writes: ReadonlyMap<string, string>;
  readonly additions: readonly Addition[];
  /** Scopes that the project has not had before. */
  readonly scopes: readonly NewScope[];
}

interface NewScope {
  readonly name: string;
  readonly description: string;
}

/** @returns a file's text; undefined if it is not there. */
function read(directory: string, path: string): string | undefined {
  try {
    return readFileSync(join(directory, path), 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`${path} cannot be read (${code}). Nothing was written.`, { code: 'add/unreadable' });
  }
}

const newScopesOf = (request: AddRequest, listed: ReadonlySet<string>): readonly NewScope[] =>
  request.kind === 'scope'
    ? [request]
    : request.scopes
        .filter((name) => !listed.has(name))
        .map((name) => ({ name, description: describeScope(name) }));

function scopeAddition(scopes: readonly NewScope[]): readonly Addition[] {
  if (scopes.length === 0) return [];
  const text = scopes.map(({ name, description }) => scopeLine(name, description)).join('\n');
  return [{ path: scopesFile, where: 'at the end of the list', text }];
}

const importLineOf = ({ identifier, file }: ToolRequest) => `import { ${identifier} } from './${file}.ts';`;

function toolAdditions(request: ToolRequest, testPath: string, testing: string): readonly Addition[] {
  return [
    { path: `src/tools/${request.file}.ts`, where: undefined, text: toolSource(request) },
    { path: indexFile, where: 'with the other imports', text: importLineOf(request) },
    { path: indexFile, where: 'at the end of the list', text: `${request.identifier},` },
    { path: testPath, where: undefined, text: testSource(request, testing) },
  ];
}

/** Ends the command: what a person can do is said, and nothing is written. */
function byHand(problem: string, additions: readonly Addition[]): UserError {
  const steps = additions.map(
    ({ path, where, text }) =>
      `${path}, ${where ?? 'a new file'}:\n\n${text.trimEnd().replaceAll(/^(?=.)/gm, '    ')}`,
  );
  return new UserError(`${problem}, so nothing was written. By hand:\n\n${steps.join('\n\n')}\n`, {
    code: 'add/not-understood',
    next: 'add this, and run the tests',
  });
}

/** @throws UserError if this is no TypeScript project. */
function refuseOthers(directory: string, { kind, name }: AddRequest): void {
  const has = (path: string) => existsSync(join(directory, path));
  if (has('package.json') && has('tsconfig.json')) return;
  if (!['server.py', 'pyproject.toml', 'requirements.txt'].some(has))
    throw new UserError(`There is no TypeScript project in ${directory}. Nothing was written.`, {
      code: 'add/no-project',
      next: 'change into the folder that create-scalekit-mcp made',
    });
  const step =
    kind === 'scope'
      ? `add ${name} to the scopes that the server lists`
      : `add a function ${name} beside the other tools, with the scopes that it needs, and its test`;
  throw new UserError('This is a Python project, and add writes TypeScript. Nothing was written.', {
    code: 'add/python',
    next: `by hand: ${step} (README.md and AGENTS.md say where), then scalekit-mcp register`,
  });
}

function refuseKnown(what: string, where: string): UserError {
  return new UserError(`${what} is there already: ${where}. Nothing was written.`, {
    code: 'add/exists',
    next: 'take another name, or change what is there',
  });
}

/** @throws UserError if the project has a tool of this name, or a file in the place of its own. */
function refuseKnownTool(directory: string, { name, file }: ToolRequest): void {
  const path = `src/tools/${file}.ts`;
  if (existsSync(join(directory, path))) throw refuseKnown(`The tool ${name}`, path);
  const folder = join(directory, 'src/tools');
  const declared = new RegExp(`\\bname:\\s*(['"\`])${name}\\1`);
  const files = existsSync(folder) ? readdirSync(folder).filter((each) => each.endsWith('.ts')) : [];
  const other = files.find((each) => declared.test(read(directory, `src/tools/${each}`) ?? ''));
  if (other !== undefined) throw refuseKnown(`The tool ${name}`, `src/tools/${other}`);
}

/** A test of the owner's may have the name already; `test/walk.test.ts` is in every project. */
function testPathOf(directory: string, { name, file }: ToolRequest): string {
  const paths = [`test/${file}.test.ts`, `test/${file}-tool.test.ts`];
  const free = paths.find((path) => !existsSync(join(directory, path)));
  if (free === undefined) throw refuseKnown(`A test of ${name}`, paths.join(', '));
  return free;
}

/** The rows of a README whose tables are still ours. */
function readmeWith(text: string, request: AddRequest, scopes: readonly NewScope[]): string {
  const withScopes = addRows(
    text,
    'scopes',
    scopes.map(({ name, description }) => [`\`${name}\``, markdown(description)]),
  );
  if (request.kind === 'scope') return withScopes;
  const needed = request.scopes.map((scope) => `\`${scope}\``).join(', ');
  return addRows(withScopes, 'tools', [[`\`${request.name}${argumentsOfStart}\``, needed]]);
}

function planTool(directory: string, request: ToolRequest, scopes: readonly NewScope[]) {
  refuseKnownTool(directory, request);
  const testPath = testPathOf(directory, request);
  const testing = testingSpecifier(read(directory, supportFile) ?? '');
  const additions = [
    ...scopeAddition(scopes),
    ...toolAdditions(request, testPath, testing ?? 'scalekit-mcp-server/testing'),
  ];
  const index = read(directory, indexFile);
  if (index === undefined) throw byHand(`${indexFile} is not there`, additions);
  if (testing === undefined) throw byHand(`${supportFile} has no startServer that is understood`, additions);
  const registered = registerTool(index, request.identifier, importLineOf(request));
  if (typeof registered !== 'string') throw byHand(`${indexFile} ${registered.problem}`, additions);
  const writes: ReadonlyArray<readonly [string, string]> = [
    [`src/tools/${request.file}.ts`, toolSource(request)],
    [indexFile, registered],
    [testPath, testSource(request, testing)],
  ];
  return { additions, writes };
}

/** Adds the scopes to the list; what is asked for by hand, if that is not understood, is all of `additions`. */
function scopesWith(
  text: string | undefined,
  scopes: readonly NewScope[],
  additions: readonly Addition[],
): string {
  if (text === undefined) throw byHand(`${scopesFile} is not there`, additions);
  const longer = scopes.length > 0 ? addToScopesFile(text, scopes) : text;
  if (longer === undefined || readScopesFile(text) === undefined)
    throw byHand(
      `${scopesFile} has no single list defineScopes({ 'name': 'description', … }) that is understood`,
      additions,
    );
  return longer;
}

/**
 * Plans what adding a tool or a scope does to a project. Reads it; changes and runs nothing.
 * @throws UserError if it is there already, or where a file is not understood, with what to add by hand.
 */
export function planAdd(directory: string, request: AddRequest): AddPlan {
  refuseOthers(directory, request);
  const text = read(directory, scopesFile);
  const listed = readScopesFile(text ?? '') ?? [];
  const known = listed.find(({ name }) => name === request.name);
  if (request.kind === 'scope' && known !== undefined)
    throw refuseKnown(`The scope ${known.name}`, `${scopesFile}, line ${known.line}`);
  const scopes = newScopesOf(request, new Set(listed.map(({ name }) => name)));
  const { additions, writes } =
    request.kind === 'tool'
      ? planTool(directory, request, scopes)
      : { additions: scopeAddition(scopes), writes: [] };
  const readme = read(directory, 'README.md') ?? '';
  const all: ReadonlyArray<readonly [path: string, before: string, after: string]> = [
    [scopesFile, text ?? '', scopesWith(text, scopes, additions)],
    ...writes.map(([path, after]) => [path, '', after] as const),
    ['README.md', readme, readmeWith(readme, request, scopes)],
    ...pinNewScopes(
      directory,
      listed.map(({ name }) => name),
      scopes.map(({ name }) => name),
    ),
  ];
  const changed = all.filter(([, before, after]) => before !== after);
  return { writes: new Map(changed.map(([path, , after]) => [path, after])), additions, scopes };
}
