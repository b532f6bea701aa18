import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Terminal } from '../../program/terminal.ts';
import { isTaken } from '../../support/ports.ts';
import { createProgram, repository } from '../../support/repository.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import { type Line, linesOf, svgOf } from './svg.ts';

/** The pictures of docs/first-day.md: real commands run in a new project, and the screens that they leave. */

const columns = 92;
/** How long one command may take on a busy machine, in ms. */
const patience = 240_000;

interface Scene {
  /** As a person types it. */
  readonly typed: string;
  readonly run: string;
  readonly cwd: string;
  readonly exitCode: number;
  /** The first line to leave out, along with all lines after it. */
  readonly until?: RegExp;
}

/** The address that the pictures show, whichever ports are free here. */
const shownPort = 3002;

/** What differs from run to run without meaning anything: durations, ids, times, ports. */
function settle(text: string, port: number): string {
  return text
    .replaceAll(String(port + 1000), String(shownPort + 1000))
    .replaceAll(String(port), String(shownPort))
    .replaceAll(/ \(\d+ s\)/g, '')
    .replaceAll(/ in \d+(?:\.\d+)? s\b/g, '')
    .replaceAll(
      /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g,
      '0b7cf5f2-5c0e-4c52-8d2e-6f1a3f8c9b10',
    )
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-28T09:30:00.000Z')
    .replaceAll(/\b\d\d:\d\d:\d\d\b/g, '09:30:00')
    .replaceAll(/\bms=[\d.]+/g, 'ms=1.2');
}

function prompt(typed: string): Line {
  const look = { bold: false, dim: false };
  return [
    { column: 0, text: '$', colour: '#56d364', ...look },
    { column: 2, text: typed, colour: undefined, bold: true, dim: false },
  ];
}

const textOf = (line: Line) => line.map(({ text }) => text).join('');

function settled(lines: readonly Line[], port: number, until?: RegExp): readonly Line[] {
  const end = until === undefined ? -1 : lines.findIndex((line) => until.test(textOf(line)));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.map((run) => ({ ...run, text: settle(run.text, port) })));
}

function open(run: string, cwd: string, state: string): Terminal {
  return new Terminal(run, {
    cwd,
    columns,
    env: {
      PATH: process.env.PATH ?? '',
      XDG_STATE_HOME: state,
      GIT_AUTHOR_NAME: 'You',
      GIT_AUTHOR_EMAIL: 'you@example.com',
      GIT_COMMITTER_NAME: 'You',
      GIT_COMMITTER_EMAIL: 'you@example.com',
    },
  });
}

async function play(scene: Scene, port: number, state: string): Promise<readonly Line[]> {
  const terminal = open(scene.run, scene.cwd, state);
  const code = await terminal.exit();
  if (code !== scene.exitCode)
    throw new Error(`${scene.typed} ended with ${code}, expected ${scene.exitCode}:\n${terminal.screen()}`);
  const lines = linesOf(terminal.buffer);
  return [prompt(scene.typed), ...settled(lines, port, scene.until), []];
}

/** @returns one with as many digits as the one that is shown, so that what is drawn around it fits. */
async function freePort(): Promise<number> {
  const port = randomInt(5000, 8900);
  const taken = await Promise.all([isTaken(port), isTaken(port + 1000)]);
  return taken.includes(true) ? freePort() : port;
}

async function paint(parent: string): Promise<ReadonlyMap<string, string>> {
  const port = await freePort();
  const state = join(parent, 'state');
  const project = join(parent, 'todo-mcp');
  const node = process.execPath;
  const create = await play(
    {
      typed: 'npx create-scalekit-mcp todo-mcp --yes',
      run: `${node} ${createProgram} todo-mcp --yes --port ${port}`,
      cwd: parent,
      exitCode: 0,
      // The line that repeats the run names the port that was free here.
      until: /^To repeat this/,
    },
    port,
    state,
  );
  const tool = join(project, 'node_modules/scalekit-mcp/bin/scalekit-mcp.js');
  const dev = open(`${node} ${tool} dev`, project, state);
  try {
    await dev.see('Ctrl-C ends everything', patience);
    // The moment at which the server's own lines appear differs from run to run.
    const started = settled(linesOf(dev.buffer), port).filter(
      (line) => !/^(?:server|compile) /.test(textOf(line)),
    );
    const call = (typed: string, exitCode: number): Scene => ({
      typed: `npx scalekit-mcp ${typed}`,
      run: `${node} ${tool} ${typed}`,
      cwd: project,
      exitCode,
    });
    const scenes = [
      call('list', 0),
      call("call create_todo title='buy milk'", 0),
      call('call create_todo titel=x', 2),
      call('call create_todo title=x --scopes todo:read', 1),
      call('doctor', 0),
    ];
    const calls: Line[] = [];
    for (const scene of scenes) calls.push(...(await play(scene, port, state)));
    return new Map([
      [
        'first-day-start.svg',
        picture('From nothing to a protected server', [
          ...create,
          prompt('cd todo-mcp && npm run dev'),
          ...started,
        ]),
      ],
      ['first-day-calls.svg', picture('Calls from the shell, and the doctor', calls)],
    ]);
  } finally {
    dev.type('\u0003');
    await dev.exit();
  }
}

function picture(title: string, lines: readonly Line[]): string {
  const last = lines.findLastIndex((line) => line.length > 0);
  return svgOf(title, lines.slice(0, last + 1), columns);
}

/** A picture's text without its numbers, since counts of checks and files change with every check and file. */
export function wordsOf(svg: string): readonly string[] {
  const lines = svg.split('\n').filter((line) => line.startsWith('<text'));
  return lines.map((line) => line.replaceAll(/<[^>]*>/g, '').replaceAll(/\d+/g, '#'));
}

/** @returns a picture as it is committed. */
export const committed = (name: string) => readFile(join(repository, 'docs', name), 'utf8').catch(() => '');

/**
 * Runs the commands of all pictures in a new project.
 * @returns each picture by its name in docs/.
 * @throws Error if a command ends differently from its picture.
 */
export async function makePictures(): Promise<ReadonlyMap<string, string>> {
  if (!existsSync(join(repository, 'dist/create.js')))
    throw new Error('dist/ is missing: run "npm run build" first');
  const parent = await makeDirectory('picture');
  try {
    return await paint(parent);
  } finally {
    await removeDirectory(parent);
  }
}

/**
 * @param args `--check`: writes nothing, and compares with the existing files.
 * @returns 0, or 1 if the pictures differ from what the commands show.
 */
export async function main(args: readonly string[]): Promise<number> {
  let outdated = 0;
  for (const [name, svg] of await makePictures()) {
    const path = join(repository, 'docs', name);
    if (!args.includes('--check')) await writeFile(path, svg);
    else if (wordsOf(await committed(name)).join('\n') !== wordsOf(svg).join('\n')) {
      outdated += 1;
      console.error(
        `docs/${name} is not what the commands show: npm run pictures, and look at the difference`,
      );
    }
  }
  return outdated === 0 ? 0 : 1;
}
