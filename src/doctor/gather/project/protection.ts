import type { ProjectFacts } from '../../facts/index.ts';
import { lineAt, type TextFile } from './files.ts';

/** @returns the version line of the protection in a Python project that create has made. */
export function protectionOf(sources: readonly TextFile[]): Pick<ProjectFacts, 'protection'> {
  const source = sources.find(({ file }) => file === 'protection/__init__.py');
  const found = /^VERSION: Final = "([\d.]+)[^"]*"/m.exec(source?.text ?? '');
  if (source === undefined || found?.[1] === undefined) return {};
  return { protection: { text: found[1], file: source.file, line: lineAt(source.text, found.index) } };
}
