import { areSwapped, type Check, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { editOf, placeOf, settingOf } from '../../settings.ts';

export const notSwapped: Check = {
  code: 'SKM107',
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
};
