// The public types of the packages, as files that people review: packages/<name>/api/<export>.api.md.
// npm run api: writes them from the built declarations. node scripts/api.js --check: says whether they are up to date.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));
const server = 'dist/packages/scalekit-mcp-server/dist/server';

/** Every export that has types, and its built declarations. */
const exports = [
  { package: 'scalekit-mcp-server', name: 'index', declarations: `${server}/index.d.ts` },
  { package: 'scalekit-mcp-server', name: 'provider', declarations: `${server}/provider.d.ts` },
  { package: 'scalekit-mcp-server', name: 'handler', declarations: `${server}/handler.d.ts` },
  { package: 'scalekit-mcp-server', name: 'testing', declarations: `${server}/testing/index.d.ts` },
  { package: 'scalekit-mcp', name: 'emulator', declarations: 'dist/types/emulator/index.d.ts' },
].map((each) => ({ ...each, declarations: join(root, each.declarations) }));

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
};

const silent = { default: { logLevel: 'none' } };

/** @param folder where the tool writes what it finds before it compares. */
function configurationFor({ package: owner, name, declarations }, folder) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      compiler: {
        overrideTsconfig: { compilerOptions, files: exports.map((each) => each.declarations) },
      },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(root, 'packages', owner, 'api'),
        reportTempFolder: join(folder, owner),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    packageJson: { name: owner, version: '0.0.0' },
    packageJsonFullPath: join(root, 'package.json'),
  });
}

const isCheck = process.argv.includes('--check');
const missing = exports.find(({ declarations }) => !existsSync(declarations));
const folder = mkdtempSync(join(tmpdir(), 'api-'));
try {
  if (missing) throw new Error(`${relative(root, missing.declarations)} is not there: npm run build`);
  const configurations = exports.map((each) => configurationFor(each, folder));
  const [first, ...others] = configurations;
  // One run of the compiler for all of them.
  const compilerState = CompilerState.create(first, {
    additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
  });
  for (const configuration of configurations) {
    mkdirSync(configuration.reportFolder, { recursive: true });
    const { apiReportChanged } = Extractor.invoke(configuration, {
      compilerState,
      localBuild: !isCheck,
      messageCallback: (message) => {
        message.handled = true;
      },
    });
    if (!apiReportChanged) continue;
    const file = relative(root, configuration.reportFilePath);
    console.log(isCheck ? `${file} differs from the built declarations` : `wrote ${file}`);
    if (isCheck) process.exitCode = 1;
    if (isCheck && process.argv.includes('--show'))
      console.log(readFileSync(configuration.reportTempFilePath, 'utf8'));
  }
  if (process.exitCode) console.log('Read the change as an owner would, and run: npm run api');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
