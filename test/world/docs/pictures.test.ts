import { expect, test } from 'vitest';
import { committed, makePictures, wordsOf } from '../../docs/picture/main.ts';
import { pseudoTerminals } from '../../program/terminal.ts';
import { lacks } from '../../support/needs.ts';

const commands = (svg: string) => wordsOf(svg).filter((line) => line.startsWith('$'));

test.skipIf(lacks('the pictures of docs/first-day.md', [pseudoTerminals]))(
  'the commands of docs/first-day.md do what its pictures show',
  async () => {
    // Throws if a command ends differently from its picture.
    for (const [name, svg] of await makePictures()) {
      const shown = await committed(name);
      expect(commands(svg).length).toBeGreaterThan(1);
      expect(commands(shown)).toEqual(commands(svg));
      const missing = wordsOf(svg).filter((line) => !wordsOf(shown).includes(line));
      if (missing.length > 0)
        console.warn(`docs/${name} lacks, and npm run pictures adds: ${missing.join(' | ')}`);
    }
  },
);
