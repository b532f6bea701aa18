import type { EnvFile } from '../project/env-file.ts';
import { setVariables, variablesIn } from '../project/env-text.ts';
import { emulatorPort, localIdentifiers, type VariableName } from '../scalekit/index.ts';
import type { Answers } from './answers.ts';
import type { OverlayVariable } from './language.ts';

/** @returns where the local Scalekit of a project answers. */
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
 * `.env`. None of the values can need quoting: they are numbers, URLs and identifiers, each checked.
 * @param further what the overlays need set.
 * @param existing the `.env` that a project has already: what is in it and not ours stays byte for byte.
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
    // What an overlay needs is an example for this machine: a value that is there already is the owner's.
    const there = variablesIn(existing.text);
    const missing = Object.fromEntries(Object.entries(needed).filter(([name]) => !(name in there)));
    return existing.encode(setVariables(existing.text, { ...variables, ...missing }));
  }
  const heading =
    answers.scalekit === undefined
      ? '# The local Scalekit, which `scalekit-mcp dev` starts. .env.example says what each line is.'
      : '# Not for git. .env.example says what each line is.';
  const lines = Object.entries({ ...variables, ...needed }).map(([name, value]) => `${name}=${value}`);
  return `${[heading, ...lines].join('\n')}\n`;
}
