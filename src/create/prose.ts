import { type PackageManager, packageManager } from '../project/package-manager.ts';
import { serverUrls } from '../scalekit/index.ts';
import type { Answers } from './answers.ts';
import { emulatorUrl } from './env-file.ts';
import { type Tooling, tarballs } from './json.ts';
import { describe, todoPair } from './typescript.ts';

/** Escapes text for a place in a line of Markdown, so that it reads exactly as it is and is no HTML either. */
export function markdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>&~|$#]/g, (character) => `\\${character}`);
}

/** The tools that the todo server comes with, and which of its two scopes guards each. */
const todoTools = [
  { call: 'create_todo(title, description?)', write: true },
  { call: 'list_todos(completed?)', write: false },
  { call: 'get_todo(todo_id)', write: false },
  { call: 'update_todo(todo_id, title?, description?, completed?)', write: true },
  { call: 'delete_todo(todo_id)', write: true },
] as const;

/** The first lines of the README: commands with what they do, the remarks below each other. */
function threeCommands(manager: PackageManager, answers: Answers): readonly string[] {
  const what =
    answers.scalekit === undefined
      ? 'the local Scalekit and the server'
      : 'the server, against your Scalekit environment';
  const commands = [
    [manager.installCommand, ''],
    [manager.run('dev'), `${what}, restarted when you save`],
    [manager.run('test'), 'every tool, every scope, every kind of bad token; no account, no network'],
  ] as const;
  const width = Math.max(...commands.map(([command]) => command.length)) + 2;
  return commands.map(([command, remark]) =>
    remark === '' ? command : `${command.padEnd(width)}# ${remark}`,
  );
}

/** What the prose templates may name. Strict: a name that is missing here fails, and is never silently empty. */
export function proseData(answers: Answers, tooling: Tooling): object {
  const manager = packageManager(answers.packageManager);
  const todo = answers.template === 'todo';
  const pair = todo ? todoPair(answers.scopes) : undefined;
  return {
    name: markdown(answers.name),
    packageName: answers.packageName,
    todo,
    tools: pair && todoTools.map(({ call, write }) => ({ call, scope: write ? pair.write : pair.read })),
    scopes: answers.scopes.map((name) => ({ name, description: describe(name) })),
    scope: answers.scopes[0],
    local: answers.scalekit === undefined,
    emulatorUrl: emulatorUrl(answers.port),
    port: answers.port,
    mcpUrl: answers.mcpUrl,
    endpoint: serverUrls(answers.mcpUrl).endpoint,
    start: threeCommands(manager, answers),
    install: manager.installCommand,
    cleanInstall: manager.cleanInstall,
    lockfile: manager.lockfile,
    manager: { [manager.name]: true },
    managerName: manager.name,
    run: Object.fromEntries(
      ['dev', 'build', 'start', 'test', 'typecheck', 'lint', 'doctor'].map((script) => [
        script,
        manager.run(script),
      ]),
    ),
    exec: manager.exec('scalekit-mcp'),
    vendored: tarballs(tooling).length > 0,
  };
}
