import type { Answers } from '../../emulator/like.ts';
import { openLoopback } from '../../sign-in/loopback.ts';
import type { Visit } from '../../sign-in/visit.ts';
import { tokenOfPerson } from './person-token.ts';
import {
  type Asking,
  askDocuments,
  askForeignResource,
  asking,
  askMachine,
  askRegistration,
  askRegistrationError,
  askTokens,
  type Machine,
} from './questions.ts';
import type { Tenant } from './shapes.ts';

/** Agrees to each step, and signs in: a person in a terminal, or a test. */
export interface Interviewed {
  say(text: string): void;
  /** Cancelling throws `Interrupted`. */
  confirm(question: string): Promise<boolean>;
  visit(visit: Visit): Promise<URLSearchParams>;
}

export interface InterviewOptions {
  readonly tenant: Tenant;
  readonly machine: Machine | undefined;
  readonly person: Interviewed;
  readonly signal: AbortSignal;
}

async function withClient(about: Asking, person: Interviewed): Promise<Answers> {
  const loopback = await openLoopback();
  try {
    const { answers, client } = await askRegistration(about, loopback.redirectUrl);
    if (client === undefined) {
      person.say('No client was registered, so nobody can sign in here.');
      return answers;
    }
    const foreign = await askForeignResource(about, client, loopback.redirectUrl);
    const found = { ...answers, ...foreign };
    const agreed = await person.confirm(
      'Sign in, in the browser? The tokens stay in memory, are refreshed once, and are gone at the end.',
    );
    if (!agreed) return found;
    const answer = await tokenOfPerson(about, client, loopback, (visit) => person.visit(visit));
    return { ...found, ...(await askTokens(about, client, answer)) };
  } finally {
    loopback.close();
  }
}

/**
 * Asks a tenant what is not documented, one step at a time, each with the person's consent.
 * @returns its answers, without the steps that the person did not agree to.
 * @throws UserError if nobody answers, or a sign-in is refused; what aborted the signal.
 */
export async function interview({ tenant, machine, person, signal }: InterviewOptions): Promise<Answers> {
  const about = asking(tenant, signal);
  let answers: Answers = {};
  const documents = `Read the public documents of ${tenant.environmentUrl}, and send one registration that is wrong?`;
  if (await person.confirm(documents))
    answers = { ...(await askDocuments(about)), ...(await askRegistrationError(about)) };
  const client =
    'Register a client named "scalekit-mcp doctor --live"? It stays until you delete it in the dashboard (MCP Servers > your server > Clients).';
  if (await person.confirm(client)) answers = { ...answers, ...(await withClient(about, person)) };
  if (machine === undefined)
    person.say(
      'For a machine’s token set SCALEKIT_CLIENT_ID (m2m_… or m2morg_…) and SCALEKIT_CLIENT_SECRET in the environment.',
    );
  else if (await person.confirm(`Get a token for the machine ${machine.clientId}?`))
    answers = { ...answers, ...(await askMachine(about, machine)) };
  return answers;
}
