import type { Language } from '../language.ts';
import { typescript } from './typescript/index.ts';

/** A planned language. */
function later(value: string, label: string): Language {
  return {
    value,
    label,
    notYet: true,
    templates: [],
    overlays: [],
    takenNames: [],
    load: () => Promise.reject(new Error(`${label} is not in this version yet`)),
  };
}

/** All languages, the default first. A new one is a folder beside this file and a row here. */
export const languages: readonly Language[] = [typescript, later('python', 'Python')];
