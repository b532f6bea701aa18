// Everything that the packages export is documented. declarations.slow.test.ts sees to it that changes of their types are reviewed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

/** Every comment with the declaration that it precedes, in all declaration files below a folder. */
function documented(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.d.ts'));
  const found = files.flatMap((file) => [
    ...readFileSync(join(folder, file), 'utf8').matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:declare )?(?:const |function |class |abstract class )(\w+)/g,
    ),
  ]);
  return new Map(found.map(([, comment = '', name = '']) => [name, comment]));
}

const server = 'dist/packages/scalekit-mcp-server/dist';

/** Exports that are declared under another name. */
const declaredAs: Readonly<Record<string, string>> = { emulatorDirectory: 'stateDirectory' };

describe.each([
  ['scalekit-mcp-server', server, `${server}/server/index.js`],
  ['scalekit-mcp-server/provider', server, `${server}/server/provider.js`],
  ['scalekit-mcp-server/handler', server, `${server}/server/handler.js`],
  ['scalekit-mcp-server/testing', server, `${server}/server/testing/index.js`],
  ['scalekit-mcp/emulator', 'dist/types', 'dist/emulator.js'],
])('%s', (_, folder, entry) => {
  test('shows an example of everything that it exports', async () => {
    const exported = Object.keys(await import(pathToFileURL(join(repository, entry)).href));
    expect(exported.length).toBeGreaterThan(0);
    const comments = documented(join(repository, folder));
    expect(exported.filter((name) => !comments.get(declaredAs[name] ?? name)?.includes('@example'))).toEqual(
      [],
    );
  });
});
