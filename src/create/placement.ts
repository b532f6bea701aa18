import { resolve as resolvePath } from 'node:path';
import { packageManager } from '../project/package-manager.ts';
import { type Place, placeOf } from '../project/place.ts';
import type { Context } from '../terminal/context.ts';
import type { Resolved } from './resolve.ts';

/** Notes for the owner about the folder and the shell, as sentences. */
function notesOn(place: Place, { directory, project }: Resolved, env: Context['env']): readonly string[] {
  const { workspace, repository } = place;
  const { lockfile } = packageManager(project.packageManager);
  const root = workspace && resolvePath(directory, workspace.replaceAll(/[^/]+/g, '..'));
  return [
    ...(env.NODE_ENV === 'production'
      ? [
          'NODE_ENV is production in this shell. Unset it before you continue: with it, installs omit development dependencies, and the server refuses the local Scalekit.',
        ]
      : []),
    ...(root === undefined
      ? []
      : [
          `This folder is part of the workspace ${root}: ${lockfile} is there, and the image is built from there.`,
        ]),
    ...(repository === undefined
      ? []
      : [
          `GitHub only reads workflows at the root of a repository: move ${repository}/.github/workflows/ci.yml to .github/workflows/ there.`,
        ]),
  ];
}

/** Finds out what the folder is part of. @returns the answers with it, and notes for the owner. */
export async function inPlace(
  resolved: Resolved,
  env: Context['env'],
): Promise<{ resolved: Resolved; notes: readonly string[] }> {
  const place = await placeOf(resolved.directory, resolved.project.packageManager);
  return {
    resolved: { ...resolved, project: { ...resolved.project, place } },
    notes: notesOn(place, resolved, env),
  };
}
