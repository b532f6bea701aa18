import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { serverUrls } from '../../src/scalekit/index.ts';
import { npmInstall } from './packages.ts';
import { freePort } from './ports.ts';
import { Program, run } from './program.ts';
import { repository } from './repository.ts';
import { makeDirectory, removeDirectory } from './temporary.ts';

const compilerOptions = {
  target: 'es2023',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  rootDir: 'src',
  outDir: 'built',
};

/** @returns the packed file of the server's package. */
async function packedServer(): Promise<string> {
  const vendor = join(repository, 'dist/vendor');
  const packages = JSON.parse(await readFile(join(vendor, 'packages.json'), 'utf8')) as ReadonlyArray<{
    name: string;
    file: string;
  }>;
  const file = packages.find(({ name }) => name === 'scalekit-mcp-server')?.file;
  if (file === undefined) throw new Error('dist/vendor has no scalekit-mcp-server: run npm run build');
  return join(vendor, file);
}

/** A folder with our packed server package really installed beside others, and programs that were compiled against them. */
export class Installed {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Installs the package that the build has packed, and compiles programs.
   * @param packages what to install alongside it, such as `express@5`.
   * @param programs TypeScript by file name.
   * @throws Error with what npm or the compiler said.
   */
  static async make(
    packages: readonly string[],
    programs: Iterable<readonly [name: string, code: string]>,
  ): Promise<Installed> {
    const directory = await makeDirectory('installed');
    try {
      const file = await packedServer();
      const write = (name: string, content: object) =>
        writeFile(join(directory, name), JSON.stringify(content));
      await write('package.json', { private: true, type: 'module' });
      await write('tsconfig.json', { compilerOptions, include: ['src'] });
      await npmInstall([file, '@types/node@20', ...packages], directory);
      await mkdir(join(directory, 'src'));
      for (const [name, code] of programs) await writeFile(join(directory, 'src', name), code);
      const compiler = join(repository, 'node_modules/typescript/bin/tsc');
      const { code, stdout } = await run(process.execPath, [compiler, '-p', directory], { cwd: directory });
      if (code !== 0) throw new Error(`The programs do not compile:\n${stdout}`);
      return new Installed(directory);
    } catch (error) {
      await removeDirectory(directory);
      throw error;
    }
  }

  /** Starts a program, and a local Scalekit that it trusts; waits until it listens. */
  async start(
    name: string,
    scopes: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunningExample> {
    const port = await freePort();
    const mcpUrl = `http://localhost:${port}/`;
    const scalekit = await startEmulator({ mcpUrl, scopes });
    const program = new Program(process.execPath, [join('built', name.replace(/\.ts$/, '.js'))], {
      cwd: this.directory,
      env: { ...scalekit.variables, PORT: String(port), MCP_URL: mcpUrl, ...env },
    });
    const example = new RunningExample(program, scalekit, mcpUrl);
    try {
      await program.says(/listening/, 60_000);
      return example;
    } catch (error) {
      await example.stop();
      throw error;
    }
  }

  /** Runs code, given as text, to its end. */
  evaluate(code: string) {
    return run(process.execPath, ['--input-type=module', '--eval', code], { cwd: this.directory });
  }

  /** Runs code in a folder where these installed packages are, and no others. */
  async evaluateBeside(packages: readonly string[], code: string) {
    const directory = await makeDirectory('alone');
    try {
      for (const name of packages)
        await cp(join(this.directory, 'node_modules', name), join(directory, 'node_modules', name), {
          recursive: true,
        });
      return await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: directory });
    } finally {
      await removeDirectory(directory);
    }
  }

  remove(): Promise<void> {
    return removeDirectory(this.directory);
  }
}

/** A running program with the local Scalekit that it trusts. */
export class RunningExample {
  readonly program: Program;
  readonly scalekit: Emulator;
  readonly url: string;
  readonly endpoint: string;

  constructor(program: Program, scalekit: Emulator, url: string) {
    this.program = program;
    this.scalekit = scalekit;
    this.url = url;
    this.endpoint = serverUrls(url).endpoint;
  }

  async stop(): Promise<void> {
    await this.program.kill();
    await this.scalekit.close();
  }
}
