/** @returns the text of each template file that belongs to the package, by its path below `templates/`. */
export function readTemplates(): Record<string, string>;
/** A rolldown and Vite plugin: puts the templates in the place of src/create/packed.ts. */
export function packTemplates(options: { released: boolean }): {
  name: string;
  load(id: string): { moduleType: 'js'; code: string } | null;
};
