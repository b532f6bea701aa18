import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { markdown } from '../../create/prose.ts';
import { register } from '../../project/feature-lists.ts';
import { languageIn } from '../../project/layout.ts';
import { addToScopesFile, readScopesFile, scopesFormOf } from '../../project/scopes-file.ts';
import { describeScope } from '../../scalekit/index.ts';
import { UserError } from '../../terminal/errors.ts';
import { addRows } from './edits.ts';
import { type FeaturePlan, planListed } from './feature.ts';
import { type Addition, byHand, read, refuseKnown } from './files.ts';
import { type AddLanguage, languages } from './languages.ts';
import { pinNewScopes } from './pinned-scopes.ts';
import type { AddRequest, FeatureRequest } from './request.ts';
import { argumentsOfStart } from './sources.ts';

export interface AddPlan {
  /** New texts by path. */
  readonly writes: ReadonlyMap<string, string>;
  readonly additions: readonly Addition[];
  /** Scopes that are new to the project. */
  readonly scopes: readonly NewScope[];
}

interface NewScope {
  readonly name: string;
  readonly description: string;
}

const newScopesOf = (request: AddRequest, listed: ReadonlySet<string>): readonly NewScope[] =>
  request.kind === 'scope'
    ? [request]
    : request.scopes
        .filter((name) => !listed.has(name))
        .map((name) => ({ name, description: describeScope(name) }));

function scopeAddition(
  scopes: readonly NewScope[],
  { scopesFile, scopeLine }: AddLanguage,
): readonly Addition[] {
  if (scopes.length === 0) return [];
  const text = scopes.map(({ name, description }) => scopeLine(name, description)).join('\n');
  return [{ path: scopesFile, where: 'at the end of the list', text }];
}

function toolAdditions(
  request: FeatureRequest,
  language: AddLanguage,
  sources: Sources,
): readonly Addition[] {
  const { indexFile, importLine, entry } = language;
  return [
    { path: language.toolPath(request), where: undefined, text: sources.tool },
    { path: indexFile, where: 'with the other imports', text: importLine(request) },
    { path: indexFile, where: 'at the end of the list', text: entry(request) },
    { path: sources.testPath, where: undefined, text: sources.test },
  ];
}

/** The new files of a tool. */
interface Sources {
  readonly tool: string;
  readonly testPath: string;
  readonly test: string;
}

/** @throws UserError where this is no project. */
function languageOf(directory: string): AddLanguage {
  const language = languageIn(directory);
  if (language !== undefined) return languages[language];
  throw new UserError(`There is no project in ${directory}. Nothing was written.`, {
    code: 'add/no-project',
    next: 'change into the folder that create-scalekit-mcp made',
  });
}

/** @throws UserError where the project has a tool of this name, or a file in the place of its own. */
function refuseKnownTool(directory: string, request: FeatureRequest, language: AddLanguage): void {
  const { name } = request;
  const path = language.toolPath(request);
  if (existsSync(join(directory, path))) throw refuseKnown(`The tool ${name}`, path);
  const { toolsFolder, extension } = language;
  const folder = join(directory, toolsFolder);
  const declared = language.declares(name);
  const files = existsSync(folder) ? readdirSync(folder).filter((each) => each.endsWith(extension)) : [];
  const other = files.find((each) => declared.test(read(directory, `${toolsFolder}/${each}`) ?? ''));
  if (other !== undefined) throw refuseKnown(`The tool ${name}`, `${toolsFolder}/${other}`);
}

/** A test of the owner's may have the name already; every project has a test of the whole walk. */
function testPathOf(directory: string, request: FeatureRequest, language: AddLanguage): string {
  const paths = language.testPaths(request);
  const free = paths.find((path) => !existsSync(join(directory, path)));
  if (free === undefined) throw refuseKnown(`A test of ${request.name}`, paths.join(', '));
  return free;
}

/** The rows for a README whose tables are still ours. */
function readmeWith(text: string, request: AddRequest, scopes: readonly NewScope[], row: string): string {
  const withScopes = addRows(
    text,
    'scopes',
    scopes.map(({ name, description }) => [`\`${name}\``, markdown(description)]),
  );
  if (request.kind === 'scope') return withScopes;
  const needed = request.scopes.map((scope) => `\`${scope}\``).join(', ');
  return addRows(withScopes, `${request.kind}s`, [[`\`${row}\``, needed]]);
}

function planTool(
  directory: string,
  request: FeatureRequest,
  scopes: readonly NewScope[],
  language: AddLanguage,
): FeaturePlan {
  refuseKnownTool(directory, request, language);
  const { indexFile, supportFile } = language;
  const testing = language.testing(read(directory, supportFile) ?? '');
  const sources = {
    tool: language.toolSource(request),
    testPath: testPathOf(directory, request, language),
    test: language.testSource(request, testing ?? language.usualTesting),
  };
  const additions = [...scopeAddition(scopes, language), ...toolAdditions(request, language, sources)];
  const index = read(directory, indexFile);
  if (index === undefined) throw byHand(`${indexFile} is not there`, additions);
  if (testing === undefined)
    throw byHand(`${supportFile} has no ${language.support} that is understood`, additions);
  const registered = register(
    index,
    'tools',
    language.identifier(request),
    language.importLine(request),
    language.comment,
  );
  if (typeof registered !== 'string') throw byHand(`${indexFile} ${registered.problem}`, additions);
  const writes: ReadonlyArray<readonly [string, string]> = [
    [language.toolPath(request), sources.tool],
    [indexFile, registered],
    [sources.testPath, sources.test],
  ];
  return { additions, writes, row: `${request.name}${argumentsOfStart}` };
}

/** @throws UserError as `planTool` does, and for what is not written in this language. */
function planFeature(
  directory: string,
  request: FeatureRequest,
  scopes: readonly NewScope[],
  language: AddLanguage,
): FeaturePlan {
  const { kind, name } = request;
  if (kind === 'tool') return planTool(directory, request, scopes, language);
  if (language === languages.typescript)
    return planListed(directory, { ...request, kind }, scopeAddition(scopes, language));
  throw new UserError(
    `This is a Python project, and add writes a ${kind} in TypeScript alone. Nothing was written.`,
    {
      code: 'add/python',
      next: `by hand: a function ${name} with FastMCP's @${kind}, which checks its scopes (AGENTS.md)`,
    },
  );
}

/** Adds the scopes to the list; what is asked for by hand, if that is not understood, is all of `additions`. */
function scopesWith(
  text: string | undefined,
  scopes: readonly NewScope[],
  additions: readonly Addition[],
  { scopesFile, scopeLine }: AddLanguage,
): string {
  if (text === undefined) throw byHand(`${scopesFile} is not there`, additions);
  const longer = scopes.length > 0 ? addToScopesFile(text, scopes, scopeLine) : text;
  if (longer === undefined || readScopesFile(text) === undefined)
    throw byHand(
      `${scopesFile} has no single list ${scopesFormOf(scopesFile)} that is understood`,
      additions,
    );
  return longer;
}

/**
 * Plans what adding a tool, a resource, a prompt or a scope does to a project. Reads it; changes and runs nothing.
 * @throws UserError if it exists already, or a file is not understood, with what to add by hand.
 */
export function planAdd(directory: string, request: AddRequest): AddPlan {
  const language = languageOf(directory);
  const { scopesFile } = language;
  const text = read(directory, scopesFile);
  const listed = readScopesFile(text ?? '') ?? [];
  const known = listed.find(({ name }) => name === request.name);
  if (request.kind === 'scope' && known !== undefined)
    throw refuseKnown(`The scope ${known.name}`, `${scopesFile}, line ${known.line}`);
  const scopes = newScopesOf(request, new Set(listed.map(({ name }) => name)));
  const { additions, writes, row } =
    request.kind === 'scope'
      ? { additions: scopeAddition(scopes, language), writes: [], row: '' }
      : planFeature(directory, request, scopes, language);
  const readme = read(directory, 'README.md') ?? '';
  const all: ReadonlyArray<readonly [path: string, before: string, after: string]> = [
    [scopesFile, text ?? '', scopesWith(text, scopes, additions, language)],
    ...writes.map(([path, after]) => [path, read(directory, path) ?? '', after] as const),
    ['README.md', readme, readmeWith(readme, request, scopes, row)],
    ...pinNewScopes(
      directory,
      listed.map(({ name }) => name),
      scopes.map(({ name }) => name),
    ),
  ];
  const changed = all.filter(([, before, after]) => before !== after);
  return { writes: new Map(changed.map(([path, , after]) => [path, after])), additions, scopes };
}
