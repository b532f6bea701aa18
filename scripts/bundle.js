// Bundles the programs and the local Scalekit, and writes the declarations of what projects import from them.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { writeLicences } from './licences.js';
import { packHelp } from './rendered-help.js';
import { packTemplates } from './templates.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(root, 'node_modules/typescript/bin/tsc');

const entries = {
  create: 'src/program/create.ts',
  'scalekit-mcp': 'src/program/scalekit-mcp.ts',
  emulator: 'src/emulator/index.ts',
};

/**
 * Makes one file of all that an entry's dynamic import brings along. By itself the bundler makes a file of each part that something
 * else shares, and each file costs a start more than its text does.
 * @returns a plugin that takes note of who imports what, and the group for `codeSplitting`.
 */
function oneFile(name, source, entry) {
  const imports = new Map();
  const reached = (from) => {
    const seen = new Set();
    const visit = (id) => {
      if (seen.has(id) || !imports.has(id)) return;
      seen.add(id);
      for (const each of imports.get(id)) visit(each);
    };
    visit(join(root, from));
    return seen;
  };
  let members;
  const membersOf = () => {
    const first = reached(entry);
    return new Set([...reached(source)].filter((id) => !first.has(id)));
  };
  return {
    plugin: {
      name: 'one-file',
      moduleParsed({ id, importedIds }) {
        imports.set(id, importedIds);
      },
    },
    group: {
      name,
      test(id) {
        members ??= membersOf();
        return members.has(id);
      },
    },
  };
}

/**
 * An import makes a module of a built-in part of Node, which reads each of its members once, and many of these load others: the import
 * of `node:crypto` brings the whole of WebCrypto along.
 * @returns a plugin that asks for these parts without that.
 */
function builtinsAsObjects() {
  const statement = /^import \{([^}]*)\} from ["'](node:[\w/]+)["'];$/gm;
  const bare = /^import ["']node:[\w/]+["'];$/gm;
  return {
    name: 'builtins-as-objects',
    renderChunk(code) {
      const taken = (_, names, part) =>
        `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule(${JSON.stringify(part)});`;
      return { code: code.replaceAll(statement, taken).replaceAll(bare, '') };
    },
  };
}

/**
 * @param {Array<keyof typeof entries>} names what is bundled together, sharing chunks.
 * @param {string} dir where to.
 * @param {{ released: boolean }} options whether projects find our packages on the registry.
 * @returns the packages that are in it.
 */
export async function bundle(names, dir, { released }) {
  let packages = [];
  const alone = names.length === 1;
  const make = oneFile('make', 'src/create/make.ts', entries.create);
  await build({
    cwd: root,
    input: Object.fromEntries(names.map((name) => [name, entries[name]])),
    platform: 'node',
    // A part that shares code with a program would otherwise import it from the program, and so run the program. With a single
    // entry it is the same module, which is running already: fewer files, each of which costs a millisecond at the start.
    preserveEntrySignatures: alone ? 'allow-extension' : 'strict',
    // Its `main` is UMD, which a bundler cannot resolve.
    resolve: { alias: { 'jsonc-parser': join(root, 'node_modules/jsonc-parser/lib/esm/main.js') } },
    plugins: [
      packTemplates({ released }),
      packHelp(),
      make.plugin,
      ...(alone ? [builtinsAsObjects()] : []),
      writeLicences((found) => {
        packages = found;
      }),
    ],
    output: {
      dir,
      format: 'esm',
      minify: true,
      // oidc-provider looks up its models by the names of their classes.
      keepNames: names.includes('emulator'),
      chunkFileNames: 'chunks/[name]-[hash].js',
      comments: { legal: false },
      ...(alone && { codeSplitting: { includeDependenciesRecursively: false, groups: [make.group] } }),
    },
    logLevel: 'warn',
    // A dependency of oidc-provider has an `eval`, in code that never runs. That our own plugins take time on a busy machine is no news.
    checks: { eval: false, bundlerTimings: false },
  });
  return packages;
}

/** Runs the compiler with one of the configurations of this folder. */
export function compile(configuration, outDir) {
  const args = [tsc, '-p', join(root, 'scripts', configuration), '--outDir', outDir];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}

/** The declarations of what generated projects import: `scalekit-mcp/emulator`. */
export function declareTypes(outDir) {
  compile('tsconfig.types.json', outDir);
}
