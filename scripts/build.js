// Bundles both programs and the emulator into dist/, split so that a command loads only what it needs.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { packTemplates } from './templates.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const released = process.env.RELEASE === '1';
// Built beside and swapped in at the end: whoever runs the programs meanwhile never sees half a build.
const cache = join(root, 'node_modules/.cache/create-scalekit-mcp');
mkdirSync(cache, { recursive: true });
const workspace = mkdtempSync(join(cache, 'build-'));
const dist = join(workspace, 'dist');

async function bundle() {
  await build({
    cwd: root,
    input: {
      create: 'src/program/create.ts',
      'scalekit-mcp': 'src/program/scalekit-mcp.ts',
      emulator: 'src/emulator/index.ts',
    },
    platform: 'node',
    plugins: [packTemplates({ released })],
    output: {
      dir: dist,
      format: 'esm',
      minify: true,
      // oidc-provider looks its models up by the names of their classes.
      keepNames: true,
      chunkFileNames: 'chunks/[name]-[hash].js',
      comments: { legal: false },
    },
    logLevel: 'warn',
    // A dependency of oidc-provider has one, in a path that nothing takes.
    checks: { eval: false },
  });
}

/** The declarations of what generated projects import: `scalekit-mcp/emulator`. */
function declareTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(
    process.execPath,
    [tsc, '-p', join(root, 'scripts/tsconfig.types.json'), '--outDir', join(dist, 'types')],
    {
      stdio: 'inherit',
    },
  );
}

/**
 * Packs the same build under the name `scalekit-mcp`, which generated projects depend on. Until that package is on the
 * registry a project carries this file in `vendor/`; a build for publishing (RELEASE=1) leaves it out.
 */
function packForVendoring() {
  if (released) return;
  const stage = mkdtempSync(join(tmpdir(), 'scalekit-mcp-pack-'));
  try {
    cpSync(dist, join(stage, 'dist'), { recursive: true });
    for (const part of ['bin', 'docs/doctor', 'LICENSE', 'README.md'])
      cpSync(join(root, part), join(stage, part), { recursive: true });
    const { devDependencies, scripts, ...manifest } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    writeFileSync(
      join(stage, 'package.json'),
      `${JSON.stringify({ ...manifest, name: 'scalekit-mcp' }, null, 2)}\n`,
    );
    execFileSync('npm', ['pack', '--silent', '--pack-destination', dist], {
      cwd: stage,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function swapIn() {
  const target = join(root, 'dist');
  if (existsSync(target)) renameSync(target, join(workspace, 'old'));
  renameSync(dist, target);
}

try {
  await bundle();
  declareTypes();
  packForVendoring();
  swapIn();
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
