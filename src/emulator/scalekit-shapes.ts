import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { isUrl } from '../scalekit/index.ts';
import { registrationAnswer, registrationError } from './registration-answer.ts';
import type { Settings } from './settings.ts';

// The library's answers, put into the form that Scalekit's have (docs/scalekit.md).

/** Members of errors that RFC 6749, section 5.2, has; the library adds some of its own. */
const errorMembers: readonly string[] = ['error', 'error_description', 'error_uri', 'state'];

function plainError(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => errorMembers.includes(name)));
}

/** RFC 9207's parameter, which no document of Scalekit's mentions. */
function withoutIssuer(location: string): string {
  if (!isUrl(location)) return location;
  const url = new URL(location);
  if (!url.searchParams.has('iss')) return location;
  url.searchParams.delete('iss');
  return url.href;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** @returns what runs around the library's own answer to each request. */
export function answerAsScalekit(settings: Settings): Parameters<Provider['use']>[0] {
  return async (context, next) => {
    await next();
    const oidc = 'oidc' in context ? (context.oidc as KoaContextWithOIDC['oidc']) : undefined;
    const body: unknown = context.body;
    if (oidc?.route === 'registration' && isObject(body))
      context.body =
        context.status === 201
          ? registrationAnswer(settings, body, oidc.body?.description)
          : registrationError(settings, body);
    if (!settings.strict) return;
    if (oidc?.route === 'token' && isObject(body) && 'error' in body) context.body = plainError(body);
    const location = context.res.getHeader('location');
    if (typeof location === 'string') context.res.setHeader('location', withoutIssuer(location));
  };
}
