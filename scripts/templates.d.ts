/** @returns the text of each template file that belongs to the package, by its path below `templates/`. */
export function readTemplates(): Record<string, string>;
/** A Vite plugin that puts the templates, as they are now, into src/create/packed.ts. */
export function inlineTemplates(): {
  name: string;
  load(id: string): { moduleType: 'js'; code: string } | null;
};
