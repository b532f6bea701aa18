import { connect } from 'node:net';
import { join } from 'node:path';
import { readEnvFile } from '../project/env-file.ts';
import { variablesIn } from '../project/env-text.ts';
import { isUrl } from '../scalekit/index.ts';
import type { Overlay, OverlayVariable } from './language.ts';

/** Whether what a new server needs but does not bring, such as a database, is there. */

/** In ms. */
const patience = 2000;

function answers(hostname: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port, timeout: patience });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket
      .on('connect', () => end(true))
      .on('timeout', () => end(false))
      .on('error', () => end(false));
  });
}

/** @returns a sentence, with what to do, if nothing answers at the URL of a variable. */
async function whyNot({ name, engine }: OverlayVariable, value = ''): Promise<string | undefined> {
  if (engine === undefined || !isUrl(value)) return undefined;
  const url = new URL(value);
  const port = Number(url.port || engine.port);
  if (await answers(url.hostname, port)) return undefined;
  return `Nothing answers at ${url.hostname}:${port}, where ${name} expects ${engine.name}: tools fail until it does. Next: start it, README.md has the command; or correct ${name} in .env.`;
}

/**
 * @param directory of the project, whose `.env` says where the programs that its overlays need are.
 * @returns a sentence for each that does not answer.
 */
export async function unreachable(
  directory: string,
  overlays: readonly Overlay[],
): Promise<readonly string[]> {
  const values = variablesIn(readEnvFile(join(directory, '.env'))?.text ?? '');
  const needed = overlays.flatMap((each) => each.variables ?? []);
  const reasons = await Promise.all(needed.map((each) => whyNot(each, values[each.name])));
  return reasons.filter((reason) => reason !== undefined);
}
