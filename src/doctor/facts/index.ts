import type { ClientName, DirectoryFacts, SurfaceFacts } from './asked.ts';
import { type Fact, missing } from './fact.ts';
import type { ProjectFacts } from './project.ts';
import type { RegistrationFact, ScalekitFacts } from './scalekit.ts';
import type { ServerFacts, StartFacts } from './server.ts';
import type { TokenFacts, ToolsFacts } from './token.ts';

export * from './asked.ts';
export * from './fact.ts';
export type * from './project.ts';
export type * from './scalekit.ts';
export type * from './server.ts';
export type * from './token.ts';

/** Everything that the doctor knows; JSON, without secrets, so that it can be saved and replayed. */
export interface Facts {
  /** The version of this document's form. */
  readonly format: 1;
  /** The platform of the machine that the facts are from. */
  readonly node: string;
  readonly platform: string;
  readonly project: Fact<ProjectFacts>;
  readonly scalekit: Fact<ScalekitFacts>;
  readonly server: Fact<ServerFacts>;
  readonly registrations: Fact<readonly RegistrationFact[]>;
  readonly token: Fact<TokenFacts>;
  readonly tools: Fact<ToolsFacts>;
  readonly start: Fact<StartFacts>;
  /** Which client was asked about (`--client`). */
  readonly client?: ClientName;
  /** Which directory was asked about (`--directory`), and what only that needs. */
  readonly directory?: DirectoryFacts;
  /** What `--surface` has written before; without tools if there was no such file. */
  readonly surface?: SurfaceFacts;
}

/** @returns facts of which none is known yet. */
export function noFacts(why: string): Facts {
  const none = missing(why);
  return {
    format: 1,
    node: process.versions.node,
    platform: process.platform,
    project: none,
    scalekit: none,
    server: none,
    registrations: none,
    token: none,
    tools: none,
    start: none,
  };
}
