import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FeatureList, handOver, listFileOf, register } from '../../project/feature-lists.ts';
import { testingSpecifier } from './edits.ts';
import { type Addition, byHand, read, refuseKnown } from './files.ts';
import { fromPattern } from './pattern.ts';
import type { ListedRequest } from './request.ts';

/** Plans what adding a resource or a prompt does: its file, its place in the list of its kind, its test. */

const supportFile = 'test/support.ts';
/** The files that hand the lists to the server, as seen from where the lists are. */
const handing = { 'src/main.ts': './', [supportFile]: '../src/' } as const;

export interface FeaturePlan {
  readonly additions: readonly Addition[];
  /** New texts by path. */
  readonly writes: ReadonlyArray<readonly [path: string, text: string]>;
  /** Its cell in the README's table. */
  readonly row: string;
}

const listOfKind = ({ kind }: ListedRequest): FeatureList => `${kind}s`;
const importLineOf = ({ identifier, file }: ListedRequest) => `import { ${identifier} } from './${file}.ts';`;

/** @throws UserError where the project has one of this name, or a file in the place of its own. */
function refuseKnownFeature(directory: string, request: ListedRequest): void {
  const { kind, name, file } = request;
  const folder = `src/${listOfKind(request)}`;
  const path = `${folder}/${file}.ts`;
  if (existsSync(join(directory, path))) throw refuseKnown(`The ${kind} ${name}`, path);
  const declared = new RegExp(`\\bname:\\s*(['"\`])${name}\\1`);
  const files = existsSync(join(directory, folder)) ? readdirSync(join(directory, folder)) : [];
  const other = files
    .filter((each) => each.endsWith('.ts'))
    .find((each) => declared.test(read(directory, `${folder}/${each}`) ?? ''));
  if (other !== undefined) throw refuseKnown(`The ${kind} ${name}`, `${folder}/${other}`);
}

/** The owner may already have a test of this name; `test/walk.test.ts` is in every project. */
function testPathOf(directory: string, { kind, name, file }: ListedRequest): string {
  const paths = [`test/${file}.test.ts`, `test/${file}-${kind}.test.ts`];
  const free = paths.find((path) => !existsSync(join(directory, path)));
  if (free === undefined) throw refuseKnown(`A test of ${name}`, paths.join(', '));
  return free;
}

/** @returns the specifier from which a project's lists import the protection's types: the package, or what was ejected. */
function protectionOf(directory: string): string {
  const tools = read(directory, listFileOf('tools')) ?? '';
  return /import type \{[^}]*\bTool\b[^}]*\} from ['"]([^'"]+)['"]/.exec(tools)?.[1] ?? 'scalekit-mcp-server';
}

/** A list that is there gets a line; one that is not is made, and handed to the server. */
function listAdditions(
  list: FeatureList,
  request: ListedRequest,
  index: string | undefined,
): readonly Addition[] {
  const path = listFileOf(list);
  if (index === undefined)
    return [
      { path, where: 'with the other imports', text: importLineOf(request) },
      { path, where: 'at the end of the list', text: `${request.identifier},` },
    ];
  const handed = Object.entries(handing).flatMap(([file, from]) => [
    {
      path: file,
      where: 'with the other imports',
      text: `import { ${list} } from '${from}${list}/index.ts';`,
    },
    { path: file, where: 'beside `tools`, where they are handed to the server', text: `${list},` },
  ]);
  return [{ path, where: undefined, text: index }, ...handed];
}

/**
 * @param scopes what is added to the list of scopes.
 * @throws UserError where it is there already, or where a file is not understood, with what to add by hand.
 */
export function planListed(
  directory: string,
  request: ListedRequest,
  scopes: readonly Addition[],
): FeaturePlan {
  refuseKnownFeature(directory, request);
  const list = listOfKind(request);
  const path = `src/${list}/${request.file}.ts`;
  const testPath = testPathOf(directory, request);
  const testing = testingSpecifier(read(directory, supportFile) ?? '');
  const start = fromPattern(request, {
    protection: protectionOf(directory),
    testing: testing ?? 'scalekit-mcp-server/testing',
  });
  const known = read(directory, listFileOf(list));
  const additions = [
    ...scopes,
    { path, where: undefined, text: start.source },
    ...listAdditions(list, request, known === undefined ? start.index : undefined),
    { path: testPath, where: undefined, text: start.test },
  ];
  if (testing === undefined) throw byHand(`${supportFile} has no startServer that is understood`, additions);
  const lists = listed(directory, request, { known, index: start.index, additions });
  return { additions, row: start.row, writes: [[path, start.source], ...lists, [testPath, start.test]] };
}

/** @returns the files that list it. */
function listed(
  directory: string,
  request: ListedRequest,
  { known, index, additions }: { known: string | undefined; index: string; additions: readonly Addition[] },
): FeaturePlan['writes'] {
  const list = listOfKind(request);
  const path = listFileOf(list);
  if (known !== undefined) {
    const registered = register(known, list, request.identifier, importLineOf(request));
    if (typeof registered !== 'string') throw byHand(`${path} ${registered.problem}`, additions);
    return [[path, registered]];
  }
  const handed = Object.keys(handing).map((file) => {
    const text = handOver(read(directory, file) ?? '', list);
    if (text === undefined)
      throw byHand(`${file} hands its tools to the server in a way that is not understood`, additions);
    return [file, text] as const;
  });
  return [[path, index], ...handed];
}
