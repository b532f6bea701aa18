import type { Claims } from '../claims.ts';
import type { ProbeResult } from '../probe.ts';

/** An access token, without the token: what it says and whether it is signed. Its subject is not kept. */
export interface TokenFacts {
  /** `given`: by the person; `local`: minted by the local Scalekit for this run. */
  readonly source: 'given' | 'local';
  /** Why it could not be read at all. */
  readonly unreadable?: string;
  readonly algorithm?: string;
  readonly type?: string;
  readonly keyId?: string;
  readonly claims: Claims;
  readonly subject: 'present' | 'absent' | 'not-a-string';
  readonly isSenderBound: boolean;
  readonly signature: 'valid' | 'invalid' | 'unknown-key' | 'unsigned' | 'other-algorithm' | 'unchecked';
  /** When it was looked at, in seconds since 1970 by this machine's clock. */
  readonly now: number;
}

/** What the server answers to a call with the token. */
export interface ToolsFacts {
  readonly initialize: ProbeResult;
  readonly secondInitialize: ProbeResult;
  readonly list: ProbeResult;
  /** The same without the token, in the session that the token opened; only if the server has sessions. */
  readonly listWithoutToken?: ProbeResult;
  /** The same, from the web page of a stranger. */
  readonly foreignOrigin: ProbeResult;
}
