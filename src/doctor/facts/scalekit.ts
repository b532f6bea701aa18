import type { ProbeResult } from '../probe.ts';

/** The authorization server: Scalekit, the local Scalekit, or whatever the server names. */
export interface ScalekitFacts {
  /** The `issuer` that its metadata has to have; for Scalekit `{env}/resources/{res}`. */
  readonly issuer: string;
  /** Set if the issuer has Scalekit's form. */
  readonly environmentUrl?: string;
  readonly resourceId?: string;
  /** RFC 8414's form: the well-known part inserted before the path. */
  readonly metadata: ProbeResult;
  readonly metadataAppended: ProbeResult;
  readonly keys: ProbeResult;
  /** Seconds that its clock is ahead of this machine's; undefined if it sent no date. */
  readonly clockOffset?: number;
  /** A name that always exists was found, so "no such host" is about this host and not about the network. */
  readonly namesResolve?: boolean;
  /** The local Scalekit that this check has started itself. */
  readonly startedHere?: boolean;
}

/** A client that has registered itself, as a client on this machine remembers it. */
export interface RegistrationFact {
  /** Which client remembers it, and where. */
  readonly file: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** The authorization endpoint's answer to this client. */
  readonly authorization: ProbeResult;
}
