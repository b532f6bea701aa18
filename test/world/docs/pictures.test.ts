import { expect, test } from 'vitest';
import { main } from '../../docs/picture/main.ts';
import { pseudoTerminals } from '../../program/terminal.ts';
import { lacks } from '../../support/needs.ts';

test.skipIf(lacks('the pictures of docs/first-day.md', [pseudoTerminals]))(
  'docs/first-day.md shows what the commands show (else: npm run pictures)',
  async () => {
    expect(await main(['--check'])).toBe(0);
  },
);
