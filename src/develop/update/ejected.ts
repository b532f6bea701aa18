import type { File } from '../../create/answers.ts';
import { jsonText } from '../../create/json.ts';
import { rewriteImports } from '../eject/owner-files.ts';
import { ejectedProse, withoutVendor } from '../eject/plan.ts';
import { ejectedExports, protectionPackage } from '../eject/protection.ts';

/**
 * A generated project as it would be if its protection had been ejected at once: does to the files of both releases what `eject`
 * does to files, so that its changes in the project do not count as differences. Doing it twice changes nothing more.
 */

function manifestWithout(text: string): string {
  const manifest = JSON.parse(text) as { dependencies?: Record<string, string> };
  const { [protectionPackage]: _, ...dependencies } = manifest.dependencies ?? {};
  return jsonText({ ...manifest, dependencies });
}

function textOf(path: string, text: string, hasTarballs: boolean): string {
  if (path === 'package.json') return manifestWithout(text);
  if (path === 'Dockerfile') return hasTarballs ? text : withoutVendor(text);
  if (!/\.(?:[cm]?[jt]sx?|md)$/.test(path)) return text;
  return ejectedProse(path, rewriteImports(path, text, ejectedExports)?.text ?? text);
}

const isOwnTarball = (path: string) => path.startsWith(`vendor/${protectionPackage}-`);

/** @returns the files of a release for a project that has ejected. */
export function asEjected(files: readonly File[]): readonly File[] {
  const kept = files.filter(({ path }) => !isOwnTarball(path));
  const hasTarballs = kept.some(({ path }) => path.startsWith('vendor/'));
  return kept.map((file) =>
    typeof file.content === 'string'
      ? { ...file, content: textOf(file.path, file.content, hasTarballs) }
      : file,
  );
}
