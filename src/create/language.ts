import type { RunOptions } from '../project/programs.ts';
import type { Answers, File, OverlayOption } from './answers.ts';
import type { OwnPackage, Tooling } from './json.ts';

/** Languages, templates and overlays. Each is a row in one list; nothing else names any of them. */

/** A value that can be chosen, as it is shown to a person. */
export interface Named<T extends string = string> {
  /** As written on the command line. */
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
  /** Planned: refused with "not in this version yet". */
  readonly notYet?: true;
}

/** What a project starts from; its files are in `templates/<language>/<value>/`. */
export interface TemplateRow extends Named {
  /** The default directory of the project. */
  readonly directory: string;
  /** Whether its tools need one scope to read and one to write. */
  readonly needsPair: boolean;
}

/** A variable that an overlay adds to `.env.example`, and to `.env` if the server needs it. */
export interface OverlayVariable {
  readonly name: string;
  /** The value on a developer's machine; an example if the variable is optional. */
  readonly value: string;
  /** Its explanation in `.env.example`. */
  readonly comment: string;
  readonly optional?: true;
  /** Its value is the URL of a program that has to run; this is its port if the URL has none. Create says if it does not run. */
  readonly engine?: { readonly name: string; readonly port: number };
}

/**
 * A store, an example or a deployment. Its files in `templates/<language>/<option>-<value>/` are laid over those of the
 * template. `.hbs` files can test for it, e.g. `{{#if deploy.docker}}`.
 */
export interface Overlay<PackageEdit = unknown> extends Named {
  readonly option: OverlayOption;
  /** The templates that it fits. */
  readonly templates: readonly string[];
  /** Chosen by default. */
  readonly isDefault?: true;
  /** Stores with which it is chosen by default. */
  readonly isDefaultWith?: readonly string[];
  /** Values of the same option that it needs, and that are chosen with it. */
  readonly implies?: readonly string[];
  /** Its server is one process, never two at once, because a second one would not have its data. */
  readonly oneProcess?: true;
  /** The folders that are laid over the template's; default: `<option>-<value>` alone. */
  readonly layers?: readonly string[];
  /** Programs of its own beside the server, `src/<name>.ts`, that are built like it. */
  readonly programs?: readonly string[];
  /** The oldest Node.js that its server runs on, if that is newer than what other servers need, e.g. `22.13`. */
  readonly needsNode?: string;
  readonly variables?: readonly OverlayVariable[];
  /** What it changes in the language's package data: dependencies, scripts. */
  readonly edit?: PackageEdit;
}

/** What a project is planned from. */
export interface Planning {
  readonly answers: Answers;
  readonly tooling: Tooling;
  /** The rows of its overlays, in the order in which they are applied. */
  readonly overlays: readonly Overlay[];
  /** The text of each template, by its path in the project; empty for prose (`.hbs`), which is rendered. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The commands that a person types in a project of a language. */
export interface Commands {
  readonly install: string;
  readonly dev: string;
  readonly test: string;
  readonly doctor: string;
}

/** The code of a language, loaded when a project is made. */
export interface LanguageParts {
  commands(answers: Answers): Commands;
  /** Data for its prose (`.hbs`), in addition to that of all languages (`prose.ts`). */
  prose(planning: Planning): object;
  /**
   * Puts the answers into one file of a template, as data.
   * @param path in the project.
   * @returns the new text, or files that replace it.
   * @throws Error if the edit does not find its place in the template, which is a bug.
   */
  edit(path: string, text: string, planning: Planning): string | readonly File[];
  /** Files that are made from the answers alone. */
  made(planning: Planning): readonly File[];
  /** The programs that install, in words. */
  installers(answers: Answers): string;
  /** @returns notes for the owner, as sentences. @throws UserError if it fails; the project's files are complete all the same. */
  install(answers: Answers, options: RunOptions): Promise<readonly string[]>;
}

/** A language. Its templates are in `templates/<value>/`, laid over the files in `base/` there. */
export interface Language extends Named {
  /** The first is the default. */
  readonly templates: readonly TemplateRow[];
  readonly overlays: readonly Overlay[];
  /** Our packages that a project of this language depends on. */
  readonly ownPackages: readonly OwnPackage[];
  /** Package names that a project of this language may not have, e.g. those of its dependencies. */
  readonly takenNames: readonly string[];
  load(): Promise<LanguageParts>;
}
