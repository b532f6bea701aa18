/** @returns the pieces of a template, as src/create/rendering.ts describes them. */
export function compileProse(text: string): readonly unknown[];
