import { packageManager } from '../project/package-manager.ts';
import { serverUrls } from '../scalekit/index.ts';
import { type Answers, type OverlayOption, overlayOptions } from './answers.ts';
import { languageOf } from './catalog.ts';
import { emulatorUrl, variablesOf } from './env-file.ts';
import { tarballs } from './json.ts';
import type { Commands, Planning } from './language.ts';

/** Escapes text for a line of Markdown, so that it is shown literally and contains no HTML. */
export function markdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>&~|$#]/g, (character) => `\\${character}`);
}

/** The first lines of the README: three commands with aligned remarks. */
function threeCommands(commands: Commands, answers: Answers): readonly string[] {
  const what =
    answers.scalekit === undefined
      ? 'the local Scalekit and the server'
      : 'the server, against your Scalekit environment';
  const lines = [
    [commands.install, ''],
    [commands.dev, `${what}, restarted when you save`],
    [commands.test, 'every tool with its scopes and without each of them, and a whole sign-in; no network'],
  ] as const;
  const width = Math.max(...lines.map(([command]) => command.length)) + 2;
  return lines.map(([command, remark]) => (remark === '' ? command : `${command.padEnd(width)}# ${remark}`));
}

/** The templates and overlays that were chosen: `todo`, `deploy.docker` and so on are true or false. */
function chosen({ answers }: Planning): object {
  const { templates, overlays } = languageOf(answers);
  const of = (option: OverlayOption) =>
    Object.fromEntries(
      overlays
        .filter((each) => each.option === option)
        .map(({ value }) => [value, answers.overlays[option].includes(value)]),
    );
  return {
    ...Object.fromEntries(templates.map(({ value }) => [value, value === answers.template])),
    ...Object.fromEntries(overlayOptions.map((option) => [option, of(option)])),
  };
}

/** The paths of the lockfile and the project, for images and CI: from the roots of the workspace and the repository. */
function places({ place: { workspace, repository } }: Answers, lockfile: string): object {
  const directory = repository ?? workspace;
  const parts = directory?.split('/') ?? [];
  const root = parts.slice(0, parts.length - (workspace?.split('/').length ?? 0));
  return {
    workspace,
    climb: workspace?.replaceAll(/[^/]+/g, '..'),
    ci: directory && { directory, lockfile: [...root, lockfile].join('/') },
  };
}

/** A name that Kubernetes and Compose accept, and that YAML reads as text (RFC 1123, section 2.1). */
function serviceNameOf(packageName: string): string {
  const name = packageName.replaceAll(/[^a-z\d]+/g, '-').replaceAll(/^-|-$/g, '');
  return (/^[a-z]/.test(name) ? name : `mcp-${name}`).slice(0, 50).replace(/-$/, '');
}

/** Data for the prose of every language. Strict: a name that is missing here is an error, never silently empty. */
export function proseData(planning: Planning, commands: Commands): object {
  const { answers, tooling, overlays } = planning;
  const manager = packageManager(answers.packageManager);
  return {
    ...chosen(planning),
    name: markdown(answers.name),
    packageName: answers.packageName,
    serviceName: serviceNameOf(answers.packageName),
    oneProcess: overlays.some((each) => each.oneProcess),
    scope: answers.scopes[0],
    local: answers.scalekit === undefined,
    emulatorUrl: emulatorUrl(answers.port),
    port: answers.port,
    mcpUrl: answers.mcpUrl,
    endpoint: serverUrls(answers.mcpUrl).endpoint,
    env: variablesOf(answers),
    variables: overlays.flatMap((each) => each.variables ?? []),
    start: threeCommands(commands, answers),
    install: manager.installCommand,
    cleanInstall: manager.cleanInstall,
    lockfile: manager.lockfile,
    ...places(answers, manager.lockfile),
    manager: { [manager.name]: true },
    managerName: manager.name,
    run: Object.fromEntries(
      ['dev', 'build', 'start', 'test', 'typecheck', 'lint', 'doctor', 'migrate'].map((script) => [
        script,
        manager.run(script),
      ]),
    ),
    exec: manager.exec('scalekit-mcp'),
    vendored: tarballs(tooling, languageOf(answers).ownPackages).length > 0,
  };
}
