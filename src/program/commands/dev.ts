import { develop } from '../../develop/dev.ts';
import { DevelopError } from '../../develop/errors.ts';
import { type Context, type ExitCode, exitCodes, UserError } from '../context.ts';

/** `scalekit-mcp dev` takes no options: what it needs is in the project's files. */
export type DevOptions = Readonly<Record<string, never>>;

/**
 * `scalekit-mcp dev`: the project's server with the local Scalekit beside it, compiled and restarted as files are saved.
 * @returns 130 when Ctrl-C has ended it, as any interrupted program.
 * @throws UserError where it cannot start.
 */
export async function dev(_options: DevOptions, context: Context): Promise<ExitCode> {
  try {
    await develop(context);
    return exitCodes.interrupted;
  } catch (error) {
    if (error instanceof DevelopError) throw new UserError(error.message, { next: error.next, cause: error });
    throw error;
  }
}
