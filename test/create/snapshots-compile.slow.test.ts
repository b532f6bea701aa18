import { expect, test } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { cases } from './snapshot-cases.ts';
import { compile, putOnWorkbench } from './workbench.ts';

const typescript = Object.entries(cases).filter(([, { answers }]) => answers.language === 'typescript');

test.each(typescript)('%s compiles', async (_, example) => {
  const directory = await putOnWorkbench(await plan({ ...example, templates: loadTemplates('typescript') }));
  expect(await compile(directory, '--noEmit')).toMatchObject({ code: 0, stdout: '' });
});
