// Builds the three packages as for a release, nothing vendored: <name>/, and the file of each beside them.
// npm run pack -- [folder]; default dist/release.
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { bundle, declareTypes } from './bundle.js';
import { packInto, root, stageProgram, stageServer } from './packages.js';

const release = resolve(root, process.argv[2] ?? 'dist/release');
rmSync(release, { recursive: true, force: true });
mkdirSync(release, { recursive: true });
const folder = (name) => join(release, name);

stageProgram('create-scalekit-mcp', folder('create-scalekit-mcp'));
await bundle(['create'], join(folder('create-scalekit-mcp'), 'dist'), { released: true });

stageProgram('scalekit-mcp', folder('scalekit-mcp'));
await bundle(['scalekit-mcp', 'emulator'], join(folder('scalekit-mcp'), 'dist'), { released: true });
declareTypes(join(folder('scalekit-mcp'), 'dist/types'));

stageServer(folder('scalekit-mcp-server'));

for (const name of ['create-scalekit-mcp', 'scalekit-mcp', 'scalekit-mcp-server'])
  console.log(relative('', join(release, packInto(folder(name), release))));
