import { develop } from '../../develop/dev.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';

/** `scalekit-mcp dev` takes no options: what it needs is in the project's files. */
export type DevOptions = Readonly<Record<string, never>>;

/**
 * `scalekit-mcp dev`: the project's server with the local Scalekit beside it, compiled and restarted as files are saved.
 * @returns 130 when Ctrl-C has ended it, as any interrupted program.
 * @throws UserError where it cannot start.
 */
export async function dev(_options: DevOptions, context: Context): Promise<ExitCode> {
  await develop(context);
  return exitCodes.interrupted;
}
