// Builds a checkout: both programs and the local Scalekit into dist/, split so that a command loads only what it needs; and in
// dist/vendor/ the packages that generated projects carry until they are on the registry.
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, declareTypes } from './bundle.js';
import { licencesFile } from './licences.js';
import { contentVersion, packInto, root, stageProgram, stageServer } from './packages.js';

// Built in a sibling folder and swapped in at the end, so that a program started in between never sees half a build.
const cache = join(root, 'node_modules/.cache/create-scalekit-mcp');
mkdirSync(cache, { recursive: true });
const workspace = mkdtempSync(join(cache, 'build-'));
const dist = join(workspace, 'dist');
const vendor = join(dist, 'vendor');

/** Lists the packages in dist/vendor/, for the code that writes projects. */
function listVendored(packages) {
  mkdirSync(vendor, { recursive: true });
  writeFileSync(join(vendor, 'packages.json'), `${JSON.stringify(packages, null, 2)}\n`);
}

/** Packs a staged package with a version that depends on its content. @returns how projects find it. */
function vendorPackage(stage) {
  const { name, version } = contentVersion(stage);
  return { name, version, file: packInto(stage, vendor) };
}

function vendorPackages() {
  const server = join(dist, 'packages/scalekit-mcp-server');
  stageServer(server);
  mkdirSync(vendor, { recursive: true });
  const packages = [vendorPackage(server)];
  // The tool creates projects as well, so it carries the server's package and packs itself.
  listVendored(packages);
  const tool = join(workspace, 'scalekit-mcp');
  stageProgram('scalekit-mcp', tool);
  for (const part of [
    'scalekit-mcp.js',
    'emulator.js',
    'chunks',
    'templates',
    'types',
    'vendor',
    licencesFile,
  ])
    cpSync(join(dist, part), join(tool, 'dist', part), { recursive: true });
  listVendored([...packages, vendorPackage(tool)]);
}

function swapIn() {
  const target = join(root, 'dist');
  if (existsSync(target)) renameSync(target, join(workspace, 'old'));
  renameSync(dist, target);
}

try {
  await bundle(['create', 'scalekit-mcp', 'emulator'], dist, { released: false });
  declareTypes(join(dist, 'types'));
  vendorPackages();
  swapIn();
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
