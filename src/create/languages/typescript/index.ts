import manifest from '../../../../templates/typescript/base/package.json' with { type: 'json' };
import { ownPackages } from '../../json.ts';
import type { Language } from '../../language.ts';
import { blank, todo } from '../templates.ts';
import { overlays } from './overlays.ts';
import { parts } from './parts.ts';

/** npm refuses to install a project that has the name of one of its dependencies. */
const dependencies = [manifest, ...overlays.map((overlay) => overlay.edit ?? {})] as readonly Readonly<
  Record<string, unknown>
>[];

export const typescript: Language = {
  value: 'typescript',
  label: 'TypeScript',
  templates: [todo, blank],
  overlays,
  ownPackages,
  takenNames: dependencies.flatMap(({ dependencies: needed = {}, devDependencies: tools = {} }) =>
    Object.keys({ ...(needed as object), ...(tools as object) }),
  ),
  // Not imported lazily, unlike other languages: most projects use it, and a further file costs the start more than its text does.
  load: async () => parts,
};
