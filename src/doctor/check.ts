import type { Fact, Facts, ScalekitFacts, ServerFacts } from './facts.ts';
import { type Code, type Outcome, skipped } from './model.ts';
import { authorizationMetadata, type Challenge, challengeOf, resourceMetadata } from './reading.ts';

/** A pure function of facts under the code that its words and its page hang on. */
export interface Check {
  readonly code: Code;
  readonly run: (facts: Facts) => Outcome;
}

/** Runs a check on a fact, or skips it for the fact's own reason. */
export function withFact<T>(fact: Fact<T>, run: (value: T) => Outcome): Outcome {
  return fact.known ? run(fact.value) : skipped(fact.why);
}

/** Runs a check on a server that answers at all. */
export function withServer(facts: Facts, run: (server: ServerFacts) => Outcome): Outcome {
  return withFact(facts.server, (server) =>
    server.noToken.answered ? run(server) : skipped('The server does not answer'),
  );
}

/** Runs a check on the challenge that a call without a token gets. */
export function withChallenge(
  facts: Facts,
  run: (challenge: Challenge, server: ServerFacts) => Outcome,
): Outcome {
  return withServer(facts, (server) => {
    const challenge = challengeOf(server.noToken);
    return challenge === undefined ? skipped('The server sends no challenge') : run(challenge, server);
  });
}

/** Runs a check on the server's protected resource metadata. */
export function withResourceMetadata(
  facts: Facts,
  run: (metadata: Readonly<Record<string, unknown>>, server: ServerFacts) => Outcome,
): Outcome {
  return withServer(facts, (server) => {
    const metadata = resourceMetadata(server);
    return metadata === undefined ? skipped('The server has no metadata') : run(metadata, server);
  });
}

/** Runs a check on the authorization server's metadata. */
export function withAuthorizationMetadata(
  facts: Facts,
  run: (metadata: Readonly<Record<string, unknown>>, scalekit: ScalekitFacts) => Outcome,
): Outcome {
  return withFact(facts.scalekit, (scalekit) => {
    const metadata = authorizationMetadata(scalekit);
    return metadata === undefined
      ? skipped('The authorization server gave no metadata')
      : run(metadata, scalekit);
  });
}
