import { type Piece, render } from './rendering.ts';

/** The template files of a language as text, and the compiled prose among them. */
export interface Templates {
  /** By path below `templates/`, e.g. `typescript/base/src/main.ts`; the text of a `.hbs` file is empty, `render` has it. */
  readonly files: ReadonlyMap<string, string>;
  /**
   * Renders a `.hbs` file.
   * @throws if the data lacks something that the text names (strict).
   */
  render(path: string, data: object): string;
}

/** The templates of a language as the build packs them, by path below `templates/`. */
export interface PackedTemplates {
  readonly files: Readonly<Record<string, string>>;
  /** The pieces of each `.hbs` file. */
  readonly prose: Readonly<Record<string, readonly Piece[]>>;
}

export function templatesOf({ files, prose }: PackedTemplates): Templates {
  return {
    files: new Map([...Object.entries(files), ...Object.keys(prose).map((path) => [path, ''] as const)]),
    render(path, data) {
      const pieces = prose[path];
      if (pieces === undefined) throw new Error(`There is no compiled template ${path}`);
      return render(pieces, [data]);
    },
  };
}

/** Files that need another name in this repository, where git would apply them. */
const renamed: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/**
 * Lays template folders over each other: a later file replaces an earlier one of the same path.
 * @param folders below `templates/`, e.g. `typescript/base`.
 * @returns the path of the template for each path of the project.
 */
export function overlay(templates: Templates, folders: readonly string[]): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const layer of folders) {
    for (const source of templates.files.keys()) {
      if (!source.startsWith(`${layer}/`)) continue;
      const path = source.slice(layer.length + 1).replace(/\.hbs$/, '');
      result.set(renamed[path] ?? path, source);
    }
  }
  return result;
}
