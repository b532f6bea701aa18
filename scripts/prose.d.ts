import type { Piece } from '../src/create/rendering.ts';

/** @returns the pieces of a template. */
export function compileProse(text: string): readonly Piece[];
