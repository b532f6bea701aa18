import type { Language } from '../language.ts';
import { python } from './python/index.ts';
import { typescript } from './typescript/index.ts';

/** All languages, the default first. A new one is a folder beside this file and a row here. */
export const languages: readonly Language[] = [typescript, python];
