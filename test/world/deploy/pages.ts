import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../support/repository.ts';

/** @returns the only code block in a language in a page of docs/deploy/. */
export function blockOf(page: string, language: 'yaml' | 'toml'): string {
  const text = readFileSync(join(repository, 'docs/deploy', page), 'utf8');
  const blocks = [
    ...text.matchAll(
      new RegExp(
        `^\`\`\`${language}
([^\`]*)^\`\`\`$`,
        'gm',
      ),
    ),
  ];
  if (blocks.length !== 1) throw new Error(`${page} has ${blocks.length} blocks of ${language}`);
  return blocks[0]?.[1] ?? '';
}
