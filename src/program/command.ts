import type { Context, ExitCode } from '../terminal/context.ts';

/** What a command says about itself; a file each in `commands/`. What it needs to run is loaded when it runs. */
export interface CommandRow {
  readonly name: string;
  /** One line of the help. */
  readonly summary: string;
  /** It is no command for people, and not listed. */
  readonly isHidden?: true;
  readonly argument?: readonly [name: string, summary: string];
  /** As commander writes flags, with what each does. */
  readonly options: ReadonlyArray<readonly [flags: string, summary: string]>;
  /** @param options by commander's names; what is no option is `argument`, and all of it `words`. */
  run(options: Readonly<Record<string, unknown>>, context: Context): Promise<ExitCode>;
}

/** A command whose arguments are another program's: they reach it as they were written. */
export interface PassingRow extends Pick<CommandRow, 'name' | 'summary'> {
  passes(args: readonly string[], context: Context): Promise<ExitCode>;
  /** Whether stdout is for a machine. */
  asksForJson(args: readonly string[], env: Context['env']): boolean;
}
