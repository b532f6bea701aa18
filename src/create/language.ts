import type { RunOptions } from '../project/programs.ts';
import type { Answers, File, OverlayOption } from './answers.ts';
import type { Tooling } from './json.ts';

/** What a language, a template and an overlay bring. Each is a row in one list; nothing else names any of them. */

/** A value that can be chosen, as it is shown to a person. */
export interface Named<T extends string = string> {
  /** As it is written on the command line. */
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
  /** In the contract, and not built yet: refused with "not in this version yet". */
  readonly notYet?: true;
}

/** What a project starts from; its files are in `templates/<language>/<value>/`. */
export interface TemplateRow extends Named {
  /** Where the project goes when nobody says. */
  readonly directory: string;
  /** Whether its tools need one scope to read and one to write. */
  readonly needsPair: boolean;
}

/** A variable that an overlay adds to `.env.example`, and to `.env` where the server needs it. */
export interface OverlayVariable {
  readonly name: string;
  /** What a project on a developer's machine sets; an example where the variable is optional. */
  readonly value: string;
  /** What it is, for `.env.example`. */
  readonly comment: string;
  readonly optional?: true;
}

/**
 * A store, an example, a deployment: its files are in `templates/<language>/<option>-<value>/`, and are laid over those of
 * the template. `.hbs` files may ask for it, e.g. `{{#if deploy.docker}}`.
 */
export interface Overlay<PackageEdit = unknown> extends Named {
  readonly option: OverlayOption;
  /** The templates that it fits. */
  readonly templates: readonly string[];
  /** Chosen when nobody says. */
  readonly isDefault?: true;
  readonly variables?: readonly OverlayVariable[];
  /** What it changes in the language's package data: dependencies, scripts. */
  readonly edit?: PackageEdit;
}

/** What a project is planned from. */
export interface Planning {
  readonly answers: Answers;
  readonly tooling: Tooling;
  /** The rows of its overlays, in the order in which they are laid. */
  readonly overlays: readonly Overlay[];
  /** The text of each template, by its path in the project; empty where it is prose, which is rendered. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The commands that a person types in a project of a language. */
export interface Commands {
  readonly install: string;
  readonly dev: string;
  readonly test: string;
  readonly doctor: string;
}

/** What a language does; loaded when a project is really made. */
export interface LanguageParts {
  commands(answers: Answers): Commands;
  /** What its prose (`.hbs`) may name beside what all languages have (`prose.ts`). */
  prose(planning: Planning): object;
  /**
   * Puts the answers into one file of a template, as data.
   * @param path in the project.
   * @returns the text, or files in its place.
   * @throws Error when the template has lost what the edit looks for: a fault of ours.
   */
  edit(path: string, text: string, planning: Planning): string | readonly File[];
  /** Files that are made from the answers alone. */
  made(planning: Planning): readonly File[];
  /** @returns what the owner should know, as sentences. @throws UserError when it fails; the project is whole all the same. */
  install(answers: Answers, options: RunOptions): Promise<readonly string[]>;
}

/** A language. Its templates are in `templates/<value>/`; all of its files stand on those of `base/` there. */
export interface Language extends Named {
  /** The first is the default. */
  readonly templates: readonly TemplateRow[];
  readonly overlays: readonly Overlay[];
  /** Names that no project of this language may have, e.g. those of its own dependencies. */
  readonly takenNames: readonly string[];
  load(): Promise<LanguageParts>;
}
