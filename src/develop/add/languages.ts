import type { Project } from '../../project/layout.ts';
import { pythonScopeLine, scopeLine, scopesFiles } from '../../project/scopes-file.ts';
import { pythonName } from '../../project/tool-names.ts';
import { testingSpecifier } from './edits.ts';
import { pythonTest, pythonTool } from './python-sources.ts';
import type { FeatureRequest } from './request.ts';
import { testSource, toolSource } from './sources.ts';

/** How a project of a language has its tools, scopes and tests. */
export interface AddLanguage {
  readonly scopesFile: string;
  scopeLine(name: string, description: string): string;
  /** The marked list of tools. */
  readonly indexFile: string;
  /** What a comment begins with. */
  readonly comment: '//' | '#';
  readonly toolsFolder: string;
  readonly extension: string;
  toolPath(request: FeatureRequest): string;
  /** Where its test may be, in the order of preference. */
  testPaths(request: FeatureRequest): readonly string[];
  /** The name by which the list has it. */
  identifier(request: FeatureRequest): string;
  importLine(request: FeatureRequest): string;
  entry(request: FeatureRequest): string;
  /** Matches the source of a tool of this name. */
  declares(name: string): RegExp;
  toolSource(request: FeatureRequest): string;
  testSource(request: FeatureRequest, testing: string): string;
  /** What tests start from, and what is expected in it. */
  readonly supportFile: string;
  readonly support: string;
  /** @returns from where tests import what they start from; undefined where that is not understood. */
  testing(support: string): string | undefined;
  readonly usualTesting: string;
  /** Runs the tests; default: the package manager's. */
  readonly test?: string;
}

const typescript: AddLanguage = {
  scopesFile: scopesFiles.typescript,
  scopeLine,
  indexFile: 'src/tools/index.ts',
  comment: '//',
  toolsFolder: 'src/tools',
  extension: '.ts',
  toolPath: ({ file }) => `src/tools/${file}.ts`,
  testPaths: ({ file }) => [`test/${file}.test.ts`, `test/${file}-tool.test.ts`],
  identifier: ({ identifier }) => identifier,
  importLine: ({ identifier, file }) => `import { ${identifier} } from './${file}.ts';`,
  entry: ({ identifier }) => `${identifier},`,
  declares: (name) => new RegExp(`\\bname:\\s*(['"\`])${name}\\1`),
  toolSource,
  testSource,
  supportFile: 'test/support.ts',
  support: 'startServer',
  testing: testingSpecifier,
  usualTesting: 'scalekit-mcp-server/testing',
};

/** A tool is a function, whose module has its name. */
const moduleOf = ({ name }: FeatureRequest) => pythonName(name.split('_'));

const python: AddLanguage = {
  scopesFile: scopesFiles.python,
  scopeLine: pythonScopeLine,
  indexFile: 'tools/__init__.py',
  comment: '#',
  toolsFolder: 'tools',
  extension: '.py',
  toolPath: (request) => `tools/${moduleOf(request)}.py`,
  testPaths: (request) => [`tests/test_${moduleOf(request)}.py`, `tests/test_${moduleOf(request)}_tool.py`],
  identifier: moduleOf,
  importLine: (request) => `from tools.${moduleOf(request)} import ${moduleOf(request)}`,
  entry: (request) => `${moduleOf(request)},`,
  declares: (name) => new RegExp(`\\basync def ${name}\\(|@tool\\((?:name=)?"${name}"`),
  toolSource: (request) => pythonTool(request, moduleOf(request)),
  testSource: (request) => pythonTest(request),
  supportFile: 'tests/conftest.py',
  support: 'fixture `server` with a `call`',
  testing: (support) =>
    /^def server\(/m.test(support) && /^class Server\b/m.test(support) ? 'tests.conftest' : undefined,
  usualTesting: 'tests.conftest',
  test: '.venv/bin/pytest',
};

export const languages: Readonly<Record<Project['language'], AddLanguage>> = { typescript, python };
