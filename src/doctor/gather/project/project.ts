import { basename, join, resolve } from 'node:path';
import {
  type Fact,
  known,
  missing,
  type PackageFact,
  type ProjectFacts,
  type ProjectKind,
  type Setting,
} from '../../facts/index.ts';
import { objectIn, parseObject } from '../../reading.ts';
import { clientFiles, clientProblemOf, readClients } from './clients.ts';
import { compoundSettings } from './compound.ts';
import { settingsElsewhere } from './elsewhere.ts';
import { envFileOf, readEnvFile } from './env-file.ts';
import { exists, readSources, readText, readTexts, type TextFile } from './files.ts';
import { frameworkOf } from './framework.ts';
import { ignoreFile, readIgnores } from './ignores.ts';
import { readJson } from './json-text.ts';
import { hasPackages, npmPackages, pypiPackages, pythonManifests } from './packages.ts';
import { publishedPorts } from './ports.ts';
import { protectionOf } from './protection.ts';
import { ejectedOf, recordFile } from './record.ts';
import { withoutRivals } from './rivals.ts';
import { productionFiles, readProduction, resolveNodeEnv, resolveSettings } from './settings.ts';
import { readSourceFacts } from './source.ts';
import { builtEntryOf, startCommandOf } from './start-command.ts';
import { readTransport } from './transport.ts';

type Environment = Readonly<Record<string, string | undefined>>;

function kindOf(
  packages: readonly PackageFact[],
  sources: readonly TextFile[],
  manifest?: TextFile,
): ProjectKind {
  const has = (ecosystem: PackageFact['ecosystem'], name: string) =>
    packages.some((fact) => fact.ecosystem === ecosystem && fact.name === name);
  const hasOwnCopy = () => sources.some(({ file }) => file.startsWith('src/protect/'));
  if (has('npm', 'scalekit-mcp-server') || (has('npm', 'scalekit-mcp') && hasOwnCopy())) return 'generated';
  if (has('pypi', 'fastmcp')) return 'fastmcp';
  if (has('npm', 'mcp-use')) return 'mcp-use';
  if (has('npm', 'xmcp')) return 'xmcp';
  if (manifest) return 'node';
  return sources.some(({ file }) => file.endsWith('.py')) ? 'python' : 'unknown';
}

function nameOf(
  manifest: Readonly<Record<string, unknown>>,
  python: readonly TextFile[],
): string | undefined {
  if (typeof manifest.name === 'string') return manifest.name;
  return python.map(({ text }) => /^name\s*=\s*["']([^"']+)["']/m.exec(text)?.[1]).find(Boolean);
}

async function readPackages(directory: string, manifest: TextFile | undefined, python: readonly TextFile[]) {
  const [npm, pypi, hasModules] = await Promise.all([
    manifest ? npmPackages(directory, manifest) : [],
    pypiPackages(directory, python),
    hasPackages(directory),
  ]);
  const isInstalled = hasModules || npm.some(({ range, version }) => range !== '' && version !== undefined);
  return { packages: [...npm, ...pypi.packages], installed: manifest ? isInstalled : pypi.installed };
}

/** Reads everything at once; what does not exist is undefined or empty. */
async function readFiles(directory: string, envFile: string | undefined) {
  const manifests = Promise.all([readText(directory, 'package.json'), readTexts(directory, pythonManifests)]);
  const [[manifest, python], env, local, sources, clients, production, starters, ignores, record] =
    await Promise.all([
      manifests,
      readEnvFile(directory, envFile ?? '.env'),
      envFile === undefined ? readEnvFile(directory, '.env.local') : undefined,
      // Without a manifest this may be anybody's home folder: only the files in it, not those below.
      manifests.then(([node, pip]) => readSources(directory, node || pip.length > 0 ? 5 : 0)),
      readTexts(directory, clientFiles),
      readTexts(directory, productionFiles),
      readTexts(directory, starterFiles),
      readText(directory, ignoreFile),
      readText(directory, recordFile),
    ]);
  const built = builtEntryOf(parseObject(manifest?.text));
  const [examples, hasBuild] = await Promise.all([
    present(directory, exampleNames),
    // Nothing has to be built if `npm start` runs the source.
    built === undefined || exists(join(directory, built)),
  ]);
  const elsewhere =
    envFile === undefined
      ? await settingsElsewhere(directory, env, sources, manifest, [...production, ...starters])
      : undefined;
  const rawEnv = [local, elsewhere ?? env].filter((file) => file !== undefined);
  return {
    ...{ manifest, python, rawEnv, sources, clients, production, starters },
    ...{ ignores, record, examples, hasBuild },
  };
}

type Files = Awaited<ReturnType<typeof readFiles>>;

function isProject({ manifest, python, rawEnv, sources }: Files): boolean {
  return manifest !== undefined || python.length > 0 || rawEnv.length > 0 || sources.length > 0;
}

/** Files that start a server by a command of their own. `fastmcp.json` is FastMCP's. */
const starterFiles = [
  ...['Makefile', 'makefile', 'justfile', 'Taskfile.yml', 'fastmcp.json', 'supervisord.conf'],
  ...['run.sh', 'start.sh', 'entrypoint.sh', 'docker-entrypoint.sh', 'scripts/run.sh', 'scripts/start.sh'],
];

/** A transport that is chosen when the server is started, not in its source. */
const startsWithTransport =
  /--transport[= ]["']?(?:streamable-)?http|"transport"\s*:\s*"(?:streamable-)?http"|\buvicorn\b|\bfastmcp run\b.*http|\bgunicorn\b/;

function startOf(
  { manifest, sources, production, starters, hasBuild }: Files,
  parsed: Readonly<Record<string, unknown>>,
  settings: readonly Setting[],
): Pick<ProjectFacts, 'startCommand' | 'startsElsewhere'> {
  const startCommand = startCommandOf(
    parsed,
    sources,
    production,
    hasBuild,
    settings.find(({ variable }) => variable === 'PORT')?.value,
  );
  const startsElsewhere = [...production, ...starters, ...(manifest ? [manifest] : [])].some(({ text }) =>
    startsWithTransport.test(text),
  );
  return { ...(startCommand === undefined ? {} : { startCommand }), startsElsewhere };
}

/** The usual names of the file that `.env` is copied from. */
const exampleNames = ['.env.example', 'env.example', '.env.sample', '.env.template', 'example.env'];

async function present(directory: string, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(names.map((name) => readText(directory, name)));
  return names.filter((_, index) => found[index] !== undefined);
}

/**
 * Reads the files of a project in any language, without running anything.
 * @param env the process environment.
 * @param envFile read instead of `.env`, relative to the folder.
 * @returns a missing fact if the folder has no project.
 */
export async function gatherProject(
  directory: string,
  env: Environment,
  envFile?: string,
): Promise<Fact<ProjectFacts>> {
  const files = await readFiles(directory, envFile);
  if (!isProject(files)) return missing('There is no project in this folder');
  const { manifest, python, sources } = files;
  const { packages, installed } = await readPackages(resolve(directory), manifest, python);
  const read = manifest === undefined ? undefined : readJson(manifest.text, false);
  const parsed = read !== undefined && 'value' in read ? read.value : {};
  const name = nameOf(parsed, python) ?? basename(resolve(directory));
  const kind = kindOf(packages, sources, manifest);
  const framework = frameworkOf(packages, sources, kind === 'generated');
  const envFiles = files.rawEnv.map((file) => envFileOf(file, kind, env, framework === 'next' || undefined));
  const settings = resolveSettings(envFiles, env);
  const start = startOf(files, parsed, settings);
  const run = withoutRivals(sources, start.startCommand);
  const nodeEnv = resolveNodeEnv(envFiles, env);
  const nodeRange = objectIn(parsed.engines)?.node;
  const ejected = ejectedOf(files.record?.text);
  return known({
    kind,
    ...(ejected === undefined ? {} : { ejected }),
    ...protectionOf(sources),
    framework,
    ...readTransport(run, framework),
    ...start,
    publishedPorts: publishedPorts(files.production),
    clientProblems: files.clients.flatMap(clientProblemOf),
    ...(read !== undefined && 'problem' in read ? { manifestProblem: read } : {}),
    examples: files.examples,
    name,
    envFiles,
    settings: [...settings, ...compoundSettings(envFiles, settings)],
    ...(nodeEnv === undefined ? {} : { nodeEnv }),
    packages,
    installed,
    ...(typeof nodeRange === 'string' ? { nodeRange } : {}),
    ...readSourceFacts(run, manifest ? [manifest] : []),
    production: files.production.flatMap(readProduction),
    clients: files.clients.flatMap(readClients),
    ...readIgnores(files.ignores?.text),
  });
}
