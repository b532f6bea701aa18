/** @returns the text of each template file that belongs to the package, by its path below `templates/`. */
export function readTemplates(): Record<string, string>;
/** A rolldown and Vite plugin that replaces src/create/packed.ts by the templates. */
export function packTemplates(options: { released: boolean }): {
  name: string;
  load(id: string): { moduleType: 'js'; code: string } | null;
};
