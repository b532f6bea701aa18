// Builds the three packages as for a release, nothing vendored: <name>/, and beside it the file of each and its bill of materials.
// npm run pack -- [folder]; default dist/release.
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { bundle, declareTypes } from './bundle.js';
import { packInto, readJson, root, stageProgram, stageServer, writeJson } from './packages.js';
import { sbomOf } from './sbom.js';

const release = resolve(root, process.argv[2] ?? 'dist/release');
rmSync(release, { recursive: true, force: true });
mkdirSync(release, { recursive: true });
const folder = (name) => join(release, name);

stageProgram('create-scalekit-mcp', folder('create-scalekit-mcp'));
const inCreate = await bundle(['create'], join(folder('create-scalekit-mcp'), 'dist'), { released: true });

stageProgram('scalekit-mcp', folder('scalekit-mcp'));
const inTool = await bundle(['scalekit-mcp', 'emulator'], join(folder('scalekit-mcp'), 'dist'), {
  released: true,
});
declareTypes(join(folder('scalekit-mcp'), 'dist/types'));

stageServer(folder('scalekit-mcp-server'));
const { dependencies } = readJson(join(folder('scalekit-mcp-server'), 'package.json'));
const ofServer = Object.keys(dependencies).map((name) =>
  readJson(join(root, 'node_modules', name, 'package.json')),
);

for (const [name, components] of [
  ['create-scalekit-mcp', inCreate],
  ['scalekit-mcp', inTool],
  ['scalekit-mcp-server', ofServer],
]) {
  const file = join(release, packInto(folder(name), release));
  const { version } = readJson(join(folder(name), 'package.json'));
  writeJson(file.replace(/\.tgz$/, '.cdx.json'), sbomOf({ name, version }, components));
  console.log(relative('', file));
}
