import type { Faults } from './contract.ts';
import { grantTypes, jwtBearerGrant } from './normalize.ts';
import { type Settings, scopeNames } from './settings.ts';

/** How clients may authenticate at the token endpoint (docs/scalekit.md#endpoints). */
export const clientAuthMethods = ['none', 'client_secret_post', 'client_secret_basic'] as const;

/** The authorization server metadata (RFC 8414), like Scalekit's (docs/scalekit.md#endpoints). */
function healthyMetadata(settings: Settings): Record<string, unknown> {
  const { endpoints } = settings;
  return {
    issuer: endpoints.issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    jwks_uri: endpoints.keys,
    ...(settings.dynamicClientRegistration ? { registration_endpoint: endpoints.registration } : {}),
    scopes_supported: scopeNames(settings),
    response_types_supported: ['code'],
    ...(settings.strict ? {} : { response_modes_supported: ['query'] }),
    grant_types_supported: [...grantTypes, ...(settings.identityProvider === 'off' ? [] : [jwtBearerGrant])],
    token_endpoint_auth_methods_supported: clientAuthMethods,
    code_challenge_methods_supported: ['S256'],
    client_id_metadata_document_supported: settings.clientIdMetadataDocuments !== false,
    // RFC 9207, which no document of Scalekit's mentions.
    ...(settings.strict ? {} : { authorization_response_iss_parameter_supported: true }),
  };
}

/** @returns the metadata, with a fault if one is set. */
export function metadata(
  settings: Settings,
  fault: NonNullable<Faults['metadata']>,
): Record<string, unknown> {
  const document = healthyMetadata(settings);
  if (fault === 'wrong-issuer') document.issuer = settings.url;
  if (fault === 'no-pkce') delete document.code_challenge_methods_supported;
  if (fault === 'no-registration') {
    delete document.registration_endpoint;
    document.client_id_metadata_document_supported = false;
  }
  return document;
}
