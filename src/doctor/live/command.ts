import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as clack from '@clack/prompts';
import type { AnswersFile } from '../../emulator/like.ts';
import { readSettings } from '../../project/settings.ts';
import { cancelOnCtrlD, promptSignal, visitFromTerminal } from '../../sign-in/terminal-visit.ts';
import { type Context, type ExitCode, exitCodes, isInteractive } from '../../terminal/context.ts';
import { Interrupted, systemCode, UsageError, UserError } from '../../terminal/errors.ts';
import { quoteForShell } from '../../terminal/shell.ts';
import { version } from '../../terminal/version.ts';
import type { DoctorFlags } from '../options.ts';
import { describeAnswers } from './describe.ts';
import { type Interviewed, interview } from './interview.ts';
import type { Machine } from './questions.ts';
import type { Tenant } from './shapes.ts';

/** `doctor --live`: asks a real tenant what no document says, and records the answers. */

/** The file that the answers are written to, unless `--save` names another. */
const defaultFile = 'scalekit-answers.json';

/** The options that can be used with `--live`. */
const fitting: ReadonlySet<string> = new Set(['live', 'envFile', 'save']);

function tenantOf(flags: DoctorFlags, { cwd, env }: Context): Tenant {
  const { environmentUrl, resourceId, mcpUrl } = readSettings(join(cwd, flags.envFile ?? '.env'), env);
  if (environmentUrl !== undefined && resourceId !== undefined) return { environmentUrl, resourceId, mcpUrl };
  const missing = environmentUrl === undefined ? 'SCALEKIT_ENVIRONMENT_URL' : 'SCALEKIT_RESOURCE_ID';
  throw new UsageError(`--live asks your Scalekit environment, and ${missing} is not set here.`, {
    code: 'live/settings',
    next: 'scalekit-mcp register',
  });
}

/** Only from the environment: a secret has no place on a command line. */
function machineOf({ env }: Context): Machine | undefined {
  const { SCALEKIT_CLIENT_ID: clientId = '', SCALEKIT_CLIENT_SECRET: clientSecret = '' } = env;
  return /^m2m(?:org)?_/.test(clientId) && clientSecret !== '' ? { clientId, clientSecret } : undefined;
}

/** @param screen whose stdout is the person's terminal. */
function terminalInterviewed(screen: Context): Interviewed {
  cancelOnCtrlD();
  const cancelled = 'Cancelled. Nothing was saved.';
  return {
    say: (text) => void screen.stdout.write(`${text}\n`),
    confirm: async (message) => {
      const streams = { input: screen.stdin, output: screen.stdout, signal: promptSignal(screen) };
      const answer = await clack.confirm({ message, ...streams });
      if (clack.isCancel(answer)) throw new Interrupted(cancelled);
      return answer;
    },
    visit: (visit) => visitFromTerminal(screen, visit, cancelled),
  };
}

function refuseOthers(flags: DoctorFlags): void {
  const others = Object.entries(flags).filter(([name, value]) => value !== undefined && !fitting.has(name));
  const [first] = others.map(([name]) => name);
  if (first === undefined) return;
  throw new UsageError(`--live asks Scalekit and judges nothing, so ${first} cannot be used with it.`, {
    code: 'arguments/combination',
    next: 'scalekit-mcp doctor --live --save answers.json',
  });
}

/**
 * Asks, prints and saves.
 * @returns 0.
 * @throws UsageError (2) without a terminal, or without a tenant; UserError if Scalekit does not answer.
 */
export async function live(flags: DoctorFlags, context: Context): Promise<ExitCode> {
  refuseOthers(flags);
  const tenant = tenantOf(flags, context);
  if (!isInteractive(context))
    throw new UsageError('--live asks you before each step, and this is not a terminal.', {
      code: 'arguments/terminal',
      next: 'run it in a terminal: scalekit-mcp doctor --live',
    });
  const person = terminalInterviewed(context);
  const answers = await interview({ tenant, machine: machineOf(context), person, signal: context.signal });
  if (Object.keys(answers).length === 0) {
    person.say('Nothing was asked.');
    return exitCodes.ok;
  }
  const file = flags.save ?? defaultFile;
  const askedOn = new Date().toISOString().slice(0, 10);
  const document: AnswersFile = { version: 1, tool: version, askedOn, answers };
  await writeFile(resolve(context.cwd, file), `${JSON.stringify(document, null, 2)}\n`).catch(
    (error: unknown) => {
      throw new UserError(`${file} cannot be written: ${systemCode(error) ?? String(error)}`, {
        cause: error,
      });
    },
  );
  const quoted = quoteForShell(file);
  for (const line of [
    ...['', 'What it answers:', ''],
    ...describeAnswers(answers),
    '',
    `Saved in ${file}: no address, no id, no token and no secret is in it.`,
    '  send it as an issue of create-scalekit-mcp, so that everybody knows',
    `  a local Scalekit that answers so: npx scalekit-mcp emulate --like ${quoted}`,
  ])
    person.say(line);
  return exitCodes.ok;
}
