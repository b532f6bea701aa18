import { develop } from '../../develop/dev.ts';
import { checkClientDocuments } from '../../emulator/switches.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { problemsError } from '../../terminal/errors.ts';

/** The options of `scalekit-mcp dev`, as they were typed. Everything else is in the project's files. */
export interface DevOptions {
  /** `on`, `off` or `bundled`: what becomes of client id metadata documents at the local Scalekit. */
  readonly clientDocuments?: string;
}

/**
 * `scalekit-mcp dev`: the project's server with the local Scalekit beside it, compiled and restarted as files are saved.
 * @returns 130 when Ctrl-C has ended it, as any interrupted program.
 * @throws UserError where it cannot start; with exit code 2 for a wrong option.
 */
export async function dev(options: DevOptions, context: Context): Promise<ExitCode> {
  const documents = checkClientDocuments(options.clientDocuments ?? 'bundled');
  if (!documents.ok)
    throw problemsError([{ option: '--client-documents', ...documents.problem }], 'scalekit-mcp dev --help');
  await develop(context, { clientIdMetadataDocuments: documents.value });
  return exitCodes.interrupted;
}
