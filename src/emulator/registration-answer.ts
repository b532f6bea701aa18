import { accessTokenAudience, type Settings, scopeNames } from './settings.ts';

// Scalekit's response to a registration (docs/scalekit.md#registration-of-clients). RFC 7591's members are added unless the
// local Scalekit is strict: with them a client may work here that would fail there.

type Document = Readonly<Record<string, unknown>>;

/** Members of RFC 7591's response that Scalekit does not send. */
const missingAtScalekit: ReadonlySet<string> = new Set([
  'client_name',
  'client_id_issued_at',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'application_type',
  'id_token_signed_response_alg',
  'subject_type',
  'require_auth_time',
]);

function without(names: ReadonlySet<string>, document: Document): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !names.has(name)));
}

function secretsOf({ client_secret: secret }: Document, createdAt: string): readonly Document[] {
  if (typeof secret !== 'string') return [];
  return [{ secret_suffix: secret.slice(-4), status: 'ACTIVE', create_time: createdAt }];
}

/**
 * @param client the client that the library registered, in the form of RFC 7591.
 * @param description the client's own description, which the library does not keep.
 * @returns the body of the 201 response.
 */
export function registrationAnswer(settings: Settings, client: Document, description: unknown): Document {
  const createdAt = new Date(Number(client.client_id_issued_at) * 1000).toISOString();
  const own = {
    name: client.client_name ?? '',
    description: typeof description === 'string' ? description : '',
    create_time: createdAt,
    update_time: createdAt,
    scopes: scopeNames(settings),
    audience: accessTokenAudience(settings),
    custom_claims: [],
    expiry: settings.tokenLifetime,
    resource_id: settings.resourceId,
    secrets: secretsOf(client, createdAt),
  };
  return { ...(settings.strict ? without(missingAtScalekit, client) : client), ...own };
}

/** gRPC's INVALID_ARGUMENT, which gRPC-gateway answers with 400. */
const invalidArgument = 3;

/** An API error as gRPC-gateway shapes it. */
export function apiError(code: number, errorCode: string, message: string): Document {
  const type = 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo';
  return { code, message, details: [{ '@type': type, error_code: errorCode }] };
}

/**
 * @param error RFC 7591's error document.
 * @returns an API error, with RFC 7591's members unless it is strict.
 */
export function registrationError(settings: Settings, error: Document): Document {
  const message = String(error.error_description ?? error.error);
  return { ...(settings.strict ? {} : error), ...apiError(invalidArgument, 'INVALID_ARGUMENT', message) };
}
