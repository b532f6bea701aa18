import type { EnvFile } from '../project/env-file.ts';
import { setVariables, variablesIn } from '../project/env-text.ts';
import { emulatorPort, localIdentifiers, type VariableName } from '../scalekit/index.ts';
import type { Answers } from './answers.ts';
import type { OverlayVariable } from './language.ts';

/** @returns the URL of a project's local Scalekit. */
export function emulatorUrl(port: number): string {
  return `http://localhost:${emulatorPort(port)}`;
}

/** @returns the variables of a project, in the order of `.env`. */
export function variablesOf(answers: Answers): Readonly<Record<VariableName, string>> {
  const scalekit = answers.scalekit ?? { environmentUrl: emulatorUrl(answers.port), ...localIdentifiers };
  return {
    PORT: String(answers.port),
    SCALEKIT_ENVIRONMENT_URL: scalekit.environmentUrl,
    SCALEKIT_CLIENT_ID: scalekit.clientId,
    SCALEKIT_RESOURCE_ID: scalekit.resourceId,
    MCP_URL: answers.mcpUrl,
  };
}

/**
 * Makes `.env`. No value needs quotes: they are numbers, URLs and identifiers, each checked.
 * @param further the variables of the overlays.
 * @param existing the `.env` of a project that is overwritten: everything in it that is not ours stays byte for byte.
 */
export function envFile(
  answers: Answers,
  further: readonly OverlayVariable[],
  existing?: EnvFile,
): string | Uint8Array {
  const variables = variablesOf(answers);
  const needed = Object.fromEntries(
    further.filter((each) => !each.optional).map(({ name, value }) => [name, value]),
  );
  if (existing !== undefined) {
    // An overlay's value is an example for this machine; an existing value is the owner's, and stays.
    const there = variablesIn(existing.text);
    const missing = Object.fromEntries(Object.entries(needed).filter(([name]) => !(name in there)));
    return existing.encode(setVariables(existing.text, { ...variables, ...missing }));
  }
  // It stays when `register` fills in the real Scalekit, so it does not say which one this is.
  const heading = '# Do not commit this file. .env.example explains each line.';
  const lines = Object.entries({ ...variables, ...needed }).map(([name, value]) => `${name}=${value}`);
  return `${[heading, ...lines].join('\n')}\n`;
}
