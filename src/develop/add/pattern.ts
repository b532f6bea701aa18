import { loadTemplates } from '../../create/packed.ts';
import { type FeatureList, listFileOf } from '../../project/feature-lists.ts';
import { titleOf } from './hints.ts';
import type { ListedRequest } from './request.ts';
import { listOf } from './sources.ts';

/** What a new resource or prompt starts from: the example of `create --with resources,prompts`, under other names. */

/** Where an example is, and what it is called there. */
interface Pattern {
  readonly list: FeatureList;
  readonly words: readonly [string, string];
  /** How the README's table shows it. */
  readonly row: (request: ListedRequest) => string;
}

const patterns = {
  resource: { list: 'resources', words: ['example', 'note'], row: ({ file }) => `${file}://{id}` },
  prompt: { list: 'prompts', words: ['example', 'prompt'], row: ({ name }) => `${name}(style)` },
} as const satisfies Readonly<Record<ListedRequest['kind'], Pattern>>;

/** The source that a new resource or prompt starts from. */
export interface PatternSource {
  readonly row: string;
  /** `src/<list>/<file>.ts`. */
  readonly source: string;
  /** Its test. */
  readonly test: string;
  /** The list with it alone, for a project that has none yet. */
  readonly index: string;
}

function namesOf([first, second]: Pattern['words']) {
  return {
    name: `${first}_${second}`,
    file: `${first}-${second}`,
    title: `${first.charAt(0).toUpperCase()}${first.slice(1)} ${second}`,
    identifier: `${first}${second.charAt(0).toUpperCase()}${second.slice(1)}`,
  };
}

/**
 * @param packages the specifiers from which this project imports the protection, and what its tests start from.
 * @throws Error where the example is not in the templates, which is a bug.
 */
export function fromPattern(
  request: ListedRequest,
  packages: { readonly protection: string; readonly testing: string },
): PatternSource {
  const { list, words, row } = patterns[request.kind];
  const own = namesOf(words);
  const { files } = loadTemplates('typescript');
  const take = (path: string) => {
    const text = files.get(`typescript/with-${list}/${path}`);
    if (text === undefined) throw new Error(`There is no template ${path}`);
    return text
      .replaceAll(own.name, request.name)
      .replaceAll(own.file, request.file)
      .replaceAll(own.title, titleOf(request.name))
      .replaceAll(own.identifier, request.identifier)
      .replace(/scopes: \['[^\]]*\]/, () => `scopes: ${listOf(request.scopes)}`);
  };
  return {
    row: row(request),
    source: take(`src/${list}/${own.file}.ts`),
    test: take(`test/${own.file}.test.ts`).replace("'scalekit-mcp-server/testing'", `'${packages.testing}'`),
    index: take(listFileOf(list)).replace("'scalekit-mcp-server'", `'${packages.protection}'`),
  };
}
