import { type Code, type Step, steps } from '../model.ts';
import { configurationTexts } from './configuration.ts';
import { scalekitTexts } from './scalekit.ts';
import { serverTexts } from './server.ts';
import type { StepText, Texts } from './text.ts';
import { tokenTexts } from './token.ts';
import { toolsTexts } from './tools.ts';

/** The words of every code: the one registry. */
export const texts: Texts = {
  ...configurationTexts,
  ...scalekitTexts,
  ...serverTexts,
  ...tokenTexts,
  ...toolsTexts,
};

/** Every code that there is, in their order. */
export const codes: readonly Code[] = Object.keys(texts).filter(isCode).sort();

/** @returns whether a text is one of the doctor's codes. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(texts, text);
}

/** @returns the step of the journey that a code belongs to: its first digit. */
export function stepOf(code: Code): Step {
  const step = steps[Number(code.charAt('SKM'.length)) - 1];
  if (step === undefined) throw new Error(`${code} belongs to no step`);
  return step;
}

/** @throws Error for a code without words, which a test rules out. */
export function textOf(code: Code): StepText {
  const text = texts[code];
  if (text === undefined) throw new Error(`There are no words for ${code}`);
  return { ...text, step: stepOf(code) };
}

/** Where a code is explained at length, relative to this package. */
export function pageOf(code: Code): string {
  return `docs/doctor/${code}.md`;
}
