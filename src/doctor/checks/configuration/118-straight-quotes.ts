import { defineCheck, withProject } from '../../check.ts';
import { type Finding, found } from '../../model.ts';
import { editOf, placeOf } from '../../settings.ts';

/** What word processors and chats turn quotes into; no program accepts them as quotes. */
const curly = /^[“”„‟‘’‚‛«»]+|[“”„‟‘’‚‛«»]+$/g;

export default defineCheck({
  code: 'SKM118',
  level: 'error',
  side: 'env',
  holds: 'No value is in curly quotes',
  title: 'A value is in curly quotes, which become part of it',
  why: 'It was copied from a document or a chat, which turn straight quotes into curly ones. To a program they are letters like any other.',
  fix: 'Remove the quotes; values in .env need none.',
  explains: ['SKM103', 'SKM104', 'SKM105', 'SKM106', 'SKM108', 'SKM110', 'SKM111', 'SKM301', 'SKM302'],
  run: (facts) =>
    withProject(facts, ({ settings }) =>
      found(
        ...settings.flatMap((setting): readonly Finding[] => {
          const bare = setting.value.replaceAll(curly, '').trim();
          if (setting.isDerived || bare === setting.value || bare === '') return [];
          return [
            {
              subject: placeOf(setting),
              actual: setting.value,
              expected: bare,
              edits: editOf(setting, bare),
            },
          ];
        }),
      ),
    ),
});
