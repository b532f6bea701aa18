/** All template files as text, and the compiled prose among them. */
export interface Templates {
  /** By path below `templates/`, e.g. `typescript/base/src/main.ts`. */
  readonly files: ReadonlyMap<string, string>;
  /**
   * Renders a `.hbs` file.
   * @throws if the data lacks something that the text names (strict).
   */
  render(path: string, data: object): string;
}

/** A compiled function for each `.hbs` file of `templates/`. */
export type CompiledProse = Readonly<Record<string, (data: object) => string>>;

/** @param files texts by path below `templates/`; those of `.hbs` files are not read, `prose` renders them. */
export function templatesOf(files: Readonly<Record<string, string>>, prose: CompiledProse): Templates {
  return {
    files: new Map(Object.entries(files)),
    render(path, data) {
      const render = prose[path];
      if (render === undefined) throw new Error(`There is no compiled template ${path}`);
      return render(data);
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
