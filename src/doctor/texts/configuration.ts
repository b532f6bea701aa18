import type { Texts } from './text.ts';

export const configurationTexts = {
  SKM151: {
    step: 'configuration',
    level: 'error',
    side: 'code',
    holds: 'The project builds',
    title: 'The project does not build',
    why: 'The compiler refused the source, so there is no server to start.',
    fix: 'Run npm run build, and mend the first error that it prints.',
  },
} as const satisfies Texts;
