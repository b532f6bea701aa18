import type { Context, ExitCode } from '../terminal/context.ts';

/** How a command is declared, each in its own file in `commands/`. The code that runs it is loaded when it runs. */
export interface CommandRow {
  readonly name: string;
  /** One line of the help. */
  readonly summary: string;
  /** It is not for people, and not listed. */
  readonly isHidden?: true;
  readonly argument?: readonly [name: string, summary: string];
  /** Flags in commander's notation, with what each does. */
  readonly options: ReadonlyArray<readonly [flags: string, summary: string]>;
  /** @param options by commander's names; `argument` is the first argument that is not an option, `words` are all of them. */
  run(options: Readonly<Record<string, unknown>>, context: Context): Promise<ExitCode>;
}

/** A command that passes its arguments, unparsed, to another program. */
export interface PassingRow extends Pick<CommandRow, 'name' | 'summary'> {
  passes(args: readonly string[], context: Context): Promise<ExitCode>;
  /** Whether stdout has to be JSON. */
  asksForJson(args: readonly string[], env: Context['env']): boolean;
}
