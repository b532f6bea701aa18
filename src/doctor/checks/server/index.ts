import type { Check } from '../../check.ts';
import { answersAgain } from './answers-again.ts';
import { askedAtEndpoint } from './asked-at-endpoint.ts';
import { badTokenRefused } from './bad-token-refused.ts';
import { badTokenUnauthorized } from './bad-token-unauthorized.ts';
import { challengeError } from './challenge-error.ts';
import { challengeExposed } from './challenge-exposed.ts';
import { challengeIsAbsolute } from './challenge-is-absolute.ts';
import { challengeIsFetchable } from './challenge-is-fetchable.ts';
import { challengeNamesMetadata } from './challenge-names-metadata.ts';
import { challengeSent } from './challenge-sent.ts';
import { copyIsFresh } from './copy-is-fresh.ts';
import { documentsAgree } from './documents-agree.ts';
import { foreignHost } from './foreign-host.ts';
import { foreignOrigin } from './foreign-origin.ts';
import { isServer } from './is-mcp-server.ts';
import { keysReachable } from './keys-reachable.ts';
import { loopbackName } from './loopback-name.ts';
import { metadataAtPath } from './metadata-at-path.ts';
import { metadataAtRoot } from './metadata-at-root.ts';
import { metadataForBrowsers } from './metadata-for-browsers.ts';
import { metadataIsJson } from './metadata-is-json.ts';
import { metadataIsOpen } from './metadata-is-open.ts';
import { namesAuthorizationServer } from './names-authorization-server.ts';
import { noFirewall } from './no-firewall.ts';
import { noOfflineAccess } from './no-offline-access.ts';
import { noRedirect } from './no-redirect.ts';
import { noServerError } from './no-server-error.ts';
import { preflightAllowed } from './preflight-allowed.ts';
import { resourceIsPublic } from './resource-is-public.ts';
import { resourceMatches } from './resource-matches.ts';
import { running } from './running.ts';
import { sameAuthorizationServer } from './same-authorization-server.ts';
import { standardPort } from './standard-port.ts';
import { starts } from './starts.ts';
import { tokenRequired } from './token-required.ts';

export const serverChecks: readonly Check[] = [
  running,
  starts,
  isServer,
  tokenRequired,
  challengeSent,
  challengeNamesMetadata,
  challengeIsAbsolute,
  challengeIsFetchable,
  metadataAtPath,
  metadataAtRoot,
  metadataIsOpen,
  metadataIsJson,
  resourceMatches,
  resourceIsPublic,
  loopbackName,
  namesAuthorizationServer,
  sameAuthorizationServer,
  documentsAgree,
  askedAtEndpoint,
  noServerError,
  badTokenRefused,
  badTokenUnauthorized,
  challengeError,
  keysReachable,
  preflightAllowed,
  challengeExposed,
  foreignOrigin,
  foreignHost,
  answersAgain,
  noRedirect,
  noFirewall,
  standardPort,
  noOfflineAccess,
  metadataForBrowsers,
  copyIsFresh,
];
