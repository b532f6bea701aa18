import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

/** The order of the rooms, the highest first: each imports only those below it (docs/architecture.md). */
const rooms = [
  ...['program', 'develop', 'create', 'register', 'doctor'],
  ...['emulator', 'sign-in', 'project', 'terminal', 'scalekit'],
];

/** What a module may import outside `src/`: data, which the build puts in. */
const manifest = 'package.json';
const isPackageData = (file: string) => /^packages\/[^/]+\/package\.json$/.test(file);
const isTemplateData = (file: string) => /^templates\/.*\.json$/.test(file);

type Graph = ReadonlyMap<string, readonly string[]>;

/** Static imports begin their line (what a template literal holds is indented); types and lazy parts are `import('…')`. */
const shapes = [
  /^(?:import|export)\b[^'"`;]*?\bfrom\s*['"](\.{1,2}\/[^'"$]+)['"]/gm,
  /^import\s*['"](\.{1,2}\/[^'"$]+)['"]/gm,
  /\bimport\(\s*['"](\.{1,2}\/[^'"$]+)['"]/g,
];

/** @returns every relative import of a source: of values and types, static and dynamic. */
function importsOf(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  return shapes.flatMap((shape) => [...code.matchAll(shape)].map(([, path = '']) => path));
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
}

function graphOf(folders: readonly string[]): Graph {
  const files = folders.flatMap(sourcesIn);
  return new Map(
    files.map((file) => {
      const imports = importsOf(readFileSync(join(repository, file), 'utf8'));
      const targets = imports.map((path) =>
        relative(repository, resolve(repository, dirname(file), path)).replaceAll(sep, '/'),
      );
      return [file, [...new Set(targets)]];
    }),
  );
}

/** @returns import cycles, each as its list of files, and once per starting point. */
function circlesIn(graph: Graph): readonly string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const since = way.indexOf(file);
    if (since >= 0) return void circles.push([...way.slice(since), file].join(' -> '));
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}

function roomOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

/** What is bundled as data, and by which room. */
const isDataOf = (room: string | undefined, to: string) =>
  (room === 'create' && isTemplateData(to)) || (room === 'develop' && isPackageData(to));

/** @returns why one file may not import another, or undefined if it may. */
function forbidden(from: string, to: string): string | undefined {
  const [own, other] = [roomOf(from), roomOf(to)];
  if (to === manifest || (own === other && own !== undefined)) return undefined;
  if (isDataOf(own, to)) return undefined;
  if (from.startsWith('scripts/'))
    return to.startsWith('scripts/') ? undefined : 'scripts import scripts alone';
  if (own === 'server') return other === 'scalekit' ? undefined : 'the server imports scalekit alone';
  if (own === undefined || other === undefined) return 'src imports src alone';
  if (!rooms.includes(own)) return `there is no room ${own}`;
  return rooms.indexOf(other) > rooms.indexOf(own) ? undefined : 'rooms import downwards only';
}

const graph = graphOf(['src', 'scripts']);

describe('the graph of imports, types counted', () => {
  test('is read from the sources: it has known arrows', () => {
    expect(graph.get('src/emulator/index.ts')).toContain('src/emulator/contract.ts');
    expect(graph.get('src/program/run.ts')).toContain('src/terminal/context.ts');
    const source = `import './d.ts';\ntype A = import('./a.ts').A;\n// from './b.ts'\nexport type {\n  C,\n} from "../c.ts";`;
    expect(importsOf(source).toSorted()).toEqual(['../c.ts', './a.ts', './d.ts']);
  });

  test('leads to existing files', () => {
    const known = new Set([...graph.keys(), manifest]);
    const lost = [...graph].flatMap(([from, targets]) =>
      targets
        .filter((to) => !known.has(to) && !isTemplateData(to) && !isPackageData(to))
        .map((to) => `${from} -> ${to}`),
    );
    expect(lost).toEqual([]);
  });

  test('has no cycle', () => {
    expect(circlesIn(graph)).toEqual([]);
    const circle: Graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ]);
    expect(circlesIn(circle)).toEqual(['a -> b -> c -> a']);
  });

  test('has no arrow upwards', () => {
    const arrows = [...graph].flatMap(([from, targets]) =>
      targets.flatMap((to) => {
        const why = forbidden(from, to);
        return why === undefined ? [] : [`${from} -> ${to}: ${why}`];
      }),
    );
    expect(arrows).toEqual([]);
    expect(forbidden('src/project/ports.ts', 'src/doctor/facts/index.ts')).toBe(
      'rooms import downwards only',
    );
    expect(forbidden('src/server/http.ts', 'src/terminal/errors.ts')).toBe(
      'the server imports scalekit alone',
    );
    expect(forbidden('src/create/packed.ts', 'scripts/templates.js')).toBe('src imports src alone');
    expect(forbidden('scripts/build.js', 'src/create/packed.ts')).toBe('scripts import scripts alone');
  });
});

test('no source asks URL.canParse, which Node 20 and 22 get wrong: `isUrl` of scalekit/urls.ts says why', () => {
  const asks = (file: string) => readFileSync(join(repository, file), 'utf8').includes('URL.canParse(');
  expect([...graph.keys()].filter(asks)).toEqual([]);
});
