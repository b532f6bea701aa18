import { openProject } from '../project/layout.ts';
import { watchProject } from '../project/watch.ts';
import { Session, type SessionContext } from './session.ts';

/**
 * Compiles the project, runs its server and, where `.env` points at this machine, the local Scalekit, and does so again
 * when something is saved, until the signal aborts. Nothing is left running afterwards.
 * @param options of the command line: the local Scalekit's switches, which are kept in the project.
 * @throws UserError if there is no project, or it cannot even start (a port that is taken).
 */
export async function develop(
  context: SessionContext,
  options: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const project = openProject(context.cwd);
  const session = new Session(project, context, options);
  // If the start fails, stop watching too.
  const end = new AbortController();
  const signal = AbortSignal.any([context.signal, end.signal]);
  try {
    const changes = watchProject(project.directory, signal);
    await session.begin();
    for await (const batch of changes) await session.react(batch);
  } finally {
    end.abort();
    await session.end();
  }
}
