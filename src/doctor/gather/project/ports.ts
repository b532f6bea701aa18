import type { PublishedPort } from '../../facts/index.ts';
import { lineAt, type TextFile } from './files.ts';

/** Ports that containers publish: `"8080:3002"`, `127.0.0.1:8080:3002/tcp`, and compose's long form. */
const shortForm = /^\s*-\s*["']?(?:\[?[\d.:a-f]*\]?:)?(\d{2,5}):(\d{2,5})(?:\/tcp)?["']?\s*(?:#.*)?$/gm;
const longForm = /^\s*-?\s*target:\s*["']?(\d{2,5})["']?\s*\n\s*published:\s*["']?(\d{2,5})/gm;
const dockerRun = /docker run[^\n]*?\s-p\s+(?:[\d.]+:)?(\d{2,5}):(\d{2,5})/g;

/** @returns which port of this machine is mapped to which of the container, according to a compose file or a script. */
export function publishedPorts(files: readonly TextFile[]): readonly PublishedPort[] {
  return files.flatMap(({ file, text }) => {
    const at = (
      match: RegExpExecArray,
      published: string | undefined,
      own: string | undefined,
    ): PublishedPort => ({
      published: Number(published),
      container: Number(own),
      file,
      line: lineAt(text, match.index + match[0].search(/\d/)),
    });
    return [
      ...[...text.matchAll(shortForm)].map((match) => at(match, match[1], match[2])),
      ...[...text.matchAll(longForm)].map((match) => at(match, match[2], match[1])),
      ...[...text.matchAll(dockerRun)].map((match) => at(match, match[1], match[2])),
    ];
  });
}
