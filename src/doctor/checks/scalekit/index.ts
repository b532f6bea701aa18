import type { Check } from '../../check.ts';
import { bothRegistrations } from './both-registrations.ts';
import { certificate } from './certificate.ts';
import { clientsKnown } from './clients-known.ts';
import { clock } from './clock.ts';
import { endpointsNamed } from './endpoints-named.ts';
import { hostExists } from './host-exists.ts';
import { issuerMatches } from './issuer-matches.ts';
import { keysServed } from './keys-served.ts';
import { localRunning } from './local-running.ts';
import { metadataFound } from './metadata-found.ts';
import { metadataInserted } from './metadata-inserted.ts';
import { metadataIsJson } from './metadata-is-json.ts';
import { pkce } from './pkce.ts';
import { reachable } from './reachable.ts';
import { redirectsRegistered } from './redirects-registered.ts';
import { refreshTokens } from './refresh-tokens.ts';
import { registrationPossible } from './registration-possible.ts';
import { scopesDefined } from './scopes-defined.ts';
import { scopesUsed } from './scopes-used.ts';

export const scalekitChecks: readonly Check[] = [
  reachable,
  hostExists,
  certificate,
  metadataFound,
  keysServed,
  issuerMatches,
  pkce,
  registrationPossible,
  bothRegistrations,
  metadataInserted,
  endpointsNamed,
  clock,
  scopesDefined,
  scopesUsed,
  refreshTokens,
  clientsKnown,
  redirectsRegistered,
  localRunning,
  metadataIsJson,
];
