import { areSwapped, defineCheck, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { editOf, placeOf, settingOf } from '../../settings.ts';

export default defineCheck({
  code: 'SKM107',
  level: 'error',
  side: 'env',
  holds: 'The resource id and the client id are in their places',
  title: 'The resource id and the client id are swapped',
  why: 'Each variable holds what belongs in the other, so every token looks as if it were for another server.',
  fix: 'Exchange the two values.',
  run: (facts) =>
    withSetting(facts, 'SCALEKIT_RESOURCE_ID', (resource, project) => {
      const client = settingOf(project, 'SCALEKIT_CLIENT_ID');
      if (client === undefined || !areSwapped(project)) return passed();
      return found({
        subject: placeOf(resource),
        actual: `${resource.name}=${resource.value}, ${client.name}=${client.value}`,
        expected: `${resource.name}=${client.value}, ${client.name}=${resource.value}`,
        edits: [...editOf(resource, client.value), ...editOf(client, resource.value)],
      });
    }),
});
