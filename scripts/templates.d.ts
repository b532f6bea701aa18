export const compileOptions: { noEscape: true; strict: true; knownHelpersOnly: true };
/** @returns the text of each template file that belongs to the package, by its path below `templates/`. */
export function readTemplates(): Record<string, string>;
