import type { Check } from '../check.ts';
import c601 from './client/601-reaches-server.ts';
import c602 from './client/602-makes-itself-known.ts';
import c603 from './client/603-may-call-from-page.ts';
import c604 from './client/604-stays-signed-in.ts';
import c605 from './client/605-asks-for-scopes.ts';
import c606 from './client/606-known-traits.ts';
import c101 from './configuration/101-env-file.ts';
import c102 from './configuration/102-variables-set.ts';
import c103 from './configuration/103-no-placeholders.ts';
import c104 from './configuration/104-environment-url.ts';
import c105 from './configuration/105-resource-id.ts';
import c106 from './configuration/106-client-id.ts';
import c107 from './configuration/107-not-swapped.ts';
import c108 from './configuration/108-mcp-url-slash.ts';
import c109 from './configuration/109-mcp-url-base.ts';
import c110 from './configuration/110-mcp-url.ts';
import c111 from './configuration/111-port.ts';
import c112 from './configuration/112-port-of-url.ts';
import c113 from './configuration/113-env-loaded.ts';
import c114 from './configuration/114-not-overridden.ts';
import c115 from './configuration/115-set-once.ts';
import c116 from './configuration/116-real-scalekit-in-production.ts';
import c117 from './configuration/117-public-url-in-production.ts';
import c118 from './configuration/118-straight-quotes.ts';
import c119 from './configuration/119-lines-clear.ts';
import c121 from './configuration/121-env-untracked.ts';
import c122 from './configuration/122-env-ignored.ts';
import c123 from './configuration/123-env-private.ts';
import c124 from './configuration/124-no-unneeded-secret.ts';
import c131 from './configuration/131-node-version.ts';
import c132 from './configuration/132-packages-installed.ts';
import c133 from './configuration/133-no-advisories.ts';
import c134 from './configuration/134-fastmcp-version.ts';
import c135 from './configuration/135-keys-refetched.ts';
import c136 from './configuration/136-tool-fits-server.ts';
import c137 from './configuration/137-server-has-security-fixes.ts';
import c138 from './configuration/138-ejected-is-current.ts';
import c139 from './configuration/139-manifest-readable.ts';
import c140 from './configuration/140-protection-is-current.ts';
import c141 from './configuration/141-scope-names.ts';
import c142 from './configuration/142-client-asks-endpoint.ts';
import c143 from './configuration/143-client-asks-server.ts';
import c144 from './configuration/144-client-has-own-id.ts';
import c145 from './configuration/145-client-file-readable.ts';
import c146 from './configuration/146-client-asks-http.ts';
import c151 from './configuration/151-builds.ts';
import c154 from './configuration/154-constructor-arguments.ts';
import c155 from './configuration/155-env-loaded-in-time.ts';
import c156 from './configuration/156-speaks-http.ts';
import c157 from './configuration/157-speaks-streamable-http.ts';
import c191 from './configuration/191-ignored-and-gone.ts';
import c192 from './configuration/192-ignored-for-a-reason.ts';
import c701 from './directory/701-public-address.ts';
import c702 from './directory/702-tool-titles.ts';
import c703 from './directory/703-tool-hints.ts';
import c704 from './directory/704-tool-names.ts';
import c705 from './directory/705-endpoint-path.ts';
import c706 from './directory/706-sign-in-found.ts';
import c707 from './directory/707-challenge-file.ts';
import c201 from './scalekit/201-reachable.ts';
import c202 from './scalekit/202-host-exists.ts';
import c203 from './scalekit/203-certificate.ts';
import c204 from './scalekit/204-metadata-found.ts';
import c205 from './scalekit/205-keys-served.ts';
import c206 from './scalekit/206-issuer-matches.ts';
import c207 from './scalekit/207-pkce.ts';
import c208 from './scalekit/208-registration-possible.ts';
import c209 from './scalekit/209-both-registrations.ts';
import c210 from './scalekit/210-metadata-inserted.ts';
import c211 from './scalekit/211-endpoints-named.ts';
import c212 from './scalekit/212-clock.ts';
import c213 from './scalekit/213-scopes-defined.ts';
import c214 from './scalekit/214-scopes-used.ts';
import c215 from './scalekit/215-refresh-tokens.ts';
import c216 from './scalekit/216-clients-known.ts';
import c217 from './scalekit/217-redirects-registered.ts';
import c218 from './scalekit/218-local-running.ts';
import c219 from './scalekit/219-metadata-is-json.ts';
import c301 from './server/301-running.ts';
import c302 from './server/302-starts.ts';
import c303 from './server/303-is-mcp-server.ts';
import c304 from './server/304-token-required.ts';
import c305 from './server/305-challenge-sent.ts';
import c306 from './server/306-challenge-names-metadata.ts';
import c307 from './server/307-challenge-is-absolute.ts';
import c308 from './server/308-challenge-is-fetchable.ts';
import c309 from './server/309-metadata-at-path.ts';
import c310 from './server/310-metadata-at-root.ts';
import c311 from './server/311-metadata-is-open.ts';
import c312 from './server/312-metadata-is-json.ts';
import c313 from './server/313-resource-matches.ts';
import c314 from './server/314-resource-is-public.ts';
import c315 from './server/315-loopback-name.ts';
import c316 from './server/316-names-authorization-server.ts';
import c317 from './server/317-same-authorization-server.ts';
import c318 from './server/318-documents-agree.ts';
import c319 from './server/319-asked-at-endpoint.ts';
import c321 from './server/321-no-server-error.ts';
import c322 from './server/322-bad-token-refused.ts';
import c323 from './server/323-bad-token-unauthorized.ts';
import c324 from './server/324-challenge-error.ts';
import c325 from './server/325-keys-reachable.ts';
import c326 from './server/326-refused-by-status.ts';
import c331 from './server/331-preflight-allowed.ts';
import c332 from './server/332-challenge-exposed.ts';
import c333 from './server/333-foreign-origin.ts';
import c334 from './server/334-foreign-host.ts';
import c335 from './server/335-answers-again.ts';
import c336 from './server/336-no-redirect.ts';
import c337 from './server/337-no-firewall.ts';
import c338 from './server/338-standard-port.ts';
import c339 from './server/339-no-offline-access.ts';
import c340 from './server/340-metadata-for-browsers.ts';
import c341 from './server/341-copy-is-fresh.ts';
import c342 from './server/342-host-handed-on.ts';
import c343 from './server/343-token-arrives.ts';
import c344 from './server/344-challenge-keeps-its-name.ts';
import c345 from './server/345-no-login-in-front.ts';
import c346 from './server/346-stays-on-https.ts';
import c347 from './server/347-proxy-reaches-server.ts';
import c348 from './server/348-prefix-handed-on.ts';
import c349 from './server/349-not-asked-too-often.ts';
import c351 from './server/351-streamable-http.ts';
import c352 from './server/352-names-resource-server.ts';
import c801 from './surface/801-no-breaking-change.ts';
import c802 from './surface/802-known-tools.ts';
import c401 from './token/401-readable.ts';
import c402 from './token/402-key-known.ts';
import c403 from './token/403-signed.ts';
import c404 from './token/404-issuer.ts';
import c405 from './token/405-audience.ts';
import c406 from './token/406-not-expired.ts';
import c407 from './token/407-already-valid.ts';
import c408 from './token/408-type.ts';
import c409 from './token/409-subject.ts';
import c410 from './token/410-scopes.ts';
import c411 from './token/411-lifetime.ts';
import c412 from './token/412-bearer.ts';
import c413 from './token/413-scope-case.ts';
import c414 from './token/414-renewable.ts';
import c415 from './token/415-times-in-seconds.ts';
import c501 from './tools/501-good-token-accepted.ts';
import c502 from './tools/502-listed.ts';
import c503 from './tools/503-tools-offered.ts';
import c504 from './tools/504-bad-token-refused.ts';

/** Every check, in the order of the journey. Written from the files here by: npx vitest run test/doctor/documents.test.ts -u */
export const allChecks: readonly Check[] = [
  c101,
  c102,
  c103,
  c104,
  c105,
  c106,
  c107,
  c108,
  c109,
  c110,
  c111,
  c112,
  c113,
  c114,
  c115,
  c116,
  c117,
  c118,
  c119,
  c121,
  c122,
  c123,
  c124,
  c131,
  c132,
  c133,
  c134,
  c135,
  c136,
  c137,
  c138,
  c139,
  c140,
  c141,
  c142,
  c143,
  c144,
  c145,
  c146,
  c151,
  c154,
  c155,
  c156,
  c157,
  c191,
  c192,
  c201,
  c202,
  c203,
  c204,
  c205,
  c206,
  c207,
  c208,
  c209,
  c210,
  c211,
  c212,
  c213,
  c214,
  c215,
  c216,
  c217,
  c218,
  c219,
  c301,
  c302,
  c303,
  c304,
  c305,
  c306,
  c307,
  c308,
  c309,
  c310,
  c311,
  c312,
  c313,
  c314,
  c315,
  c316,
  c317,
  c318,
  c319,
  c321,
  c322,
  c323,
  c324,
  c325,
  c326,
  c331,
  c332,
  c333,
  c334,
  c335,
  c336,
  c337,
  c338,
  c339,
  c340,
  c341,
  c342,
  c343,
  c344,
  c345,
  c346,
  c347,
  c348,
  c349,
  c351,
  c352,
  c401,
  c402,
  c403,
  c404,
  c405,
  c406,
  c407,
  c408,
  c409,
  c410,
  c411,
  c412,
  c413,
  c414,
  c415,
  c501,
  c502,
  c503,
  c504,
  c601,
  c602,
  c603,
  c604,
  c605,
  c606,
  c701,
  c702,
  c703,
  c704,
  c705,
  c706,
  c707,
  c801,
  c802,
];
