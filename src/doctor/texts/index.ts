import type { Code } from '../model.ts';
import { configurationTexts } from './configuration.ts';
import { scalekitTexts } from './scalekit.ts';
import { serverTexts } from './server.ts';
import type { Text } from './text.ts';

/** The words of every code: the one registry. */
export const texts: Readonly<Record<Code, Text>> = {
  ...configurationTexts,
  ...scalekitTexts,
  ...serverTexts,
};

/** @throws Error for a code without words, which a test rules out. */
export function textOf(code: Code): Text {
  const text = texts[code];
  if (text === undefined) throw new Error(`No text for ${code}`);
  return text;
}
