import { chmod, cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

/**
 * The image without a container engine: the last stage of the generated Dockerfile, carried out by hand. Its
 * files can be read and not written, its user is an ordinary one, its environment holds what the stage sets and what a
 * platform adds.
 */

/** The instructions of the last stage, in order. */
function lastStage(dockerfile: string): ReadonlyArray<readonly [instruction: string, rest: string]> {
  const stage =
    dockerfile
      .replaceAll('\\\n', ' ')
      .split(/^FROM .*\n/m)
      .at(-1) ?? '';
  return [...stage.matchAll(/^([A-Z]+) +(.*)$/gm)].map(([, instruction = '', rest = '']) => [
    instruction,
    rest,
  ]);
}

export interface Image {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly health: readonly string[];
  readonly user: string;
}

/** Carries out the stage. @throws Error if it has an instruction that this code does not know. */
async function layOut(project: string): Promise<Image> {
  const root = await makeDirectory('image');
  const env: Record<string, string> = {};
  let command: readonly string[] = [];
  let health: readonly string[] = [];
  let user = 'root';
  for (const [instruction, rest] of lastStage(await readFile(join(project, 'Dockerfile'), 'utf8'))) {
    if (instruction === 'ENV') {
      const [name = '', value = ''] = rest.split('=');
      env[name] = value;
    } else if (instruction === 'COPY') {
      const [, from = '', to = ''] = /^--from=build \/app\/(\S+) (\S+)$/.exec(rest) ?? [];
      await mkdir(dirname(join(root, to)), { recursive: true });
      await cp(join(project, from), join(root, to), { recursive: true });
    } else if (instruction === 'USER') user = rest;
    else if (instruction === 'CMD') command = JSON.parse(rest);
    else if (instruction === 'HEALTHCHECK') health = JSON.parse(rest.slice(rest.indexOf('[')));
    else if (!['WORKDIR', 'EXPOSE'].includes(instruction)) throw new Error(`${instruction} ${rest}`);
  }
  for (const path of ['.', ...(await readdir(root, { recursive: true }))])
    await chmod(join(root, path), 0o555);
  return { root, env, command, health, user };
}

/** @returns whether everybody may enter the folders of a file. */
async function isOpenToAll(file: string): Promise<boolean> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** An image, laid out in a folder. */
export class LaidOutImage {
  readonly image: Image;
  /** `nobody`, if this process may switch users. */
  readonly #user: { readonly uid?: number; readonly gid?: number };

  private constructor(image: Image, user: { readonly uid?: number; readonly gid?: number }) {
    this.image = image;
    this.#user = user;
  }

  static async of(project: string): Promise<LaidOutImage> {
    const image = await layOut(project);
    const mayChange = process.getuid?.() === 0 && (await isOpenToAll(process.execPath));
    const isOther = mayChange && (await isOpenToAll(join(image.root, 'x')));
    return new LaidOutImage(image, isOther ? { uid: 65_534, gid: 65_534 } : {});
  }

  /** Runs its command until the test has finished. @param env as for `run`; PORT is a free one unless it is set here. */
  async start(env: Readonly<Record<string, string | undefined>>) {
    const port = Number(env.PORT ?? (await freePort()));
    const all = { ...this.image.env, HOME: undefined, ...env, PORT: String(port) };
    const program = this.run(all);
    onTestFinished(() => program.kill());
    await program.says(/"event":"listening"/);
    return { program, port, env: all };
  }

  /**
   * Runs its command, or another one of `node`.
   * @param env what a platform adds to the image's own variables.
   */
  run(env: Readonly<Record<string, string | undefined>>, command = this.image.command): Program {
    const [, ...args] = command;
    const all = { ...this.image.env, HOME: undefined, ...env };
    return new Program(process.execPath, args, { cwd: this.image.root, env: all, ...this.#user });
  }

  async remove(): Promise<void> {
    for (const path of ['.', ...(await readdir(this.image.root, { recursive: true }))])
      await chmod(join(this.image.root, path), 0o755);
    await removeDirectory(this.image.root);
  }
}
