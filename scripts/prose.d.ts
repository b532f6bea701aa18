/** The source of the functions that compiled templates call. */
export const runtime: string;
/** @returns the source of a function from a template's data to its text. */
export function compileProse(text: string): string;
