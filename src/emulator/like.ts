import { readFileSync } from 'node:fs';
import { systemCode, UsageError } from '../terminal/errors.ts';

/**
 * What `doctor --live` has learnt about a tenant, as in its file: no name, no address, no secret. Whatever was not asked or
 * not answered is left out. The local Scalekit can be started to answer in the same way (`emulate --like`).
 */
export interface Answers {
  /** Status codes of each address. */
  readonly metadataForms?: {
    readonly inserted: number;
    readonly appended: number;
    readonly openIdConfiguration: number;
    readonly keysOfResource: number;
  };
  readonly metadata?: {
    readonly members: readonly string[];
    readonly issuer: TokenShape['issuer'];
    readonly registration: boolean;
    readonly documents: boolean;
  };
  /** Whether scripts of other origins may use it. */
  readonly cors?: { readonly metadata: boolean; readonly token: boolean; readonly registration: boolean };
  readonly registration?: {
    readonly status: number;
    /** Names and types of its members, e.g. `{client_id: 'string'}`. */
    readonly members: Readonly<Record<string, string>>;
  };
  readonly registrationError?: {
    readonly status: number;
    readonly members: Readonly<Record<string, string>>;
  };
  readonly foreignResource?: 'refused' | 'ignored';
  /** The token answer after a person has signed in, and the token in it. */
  readonly token?: TokenShape & { readonly members: readonly string[] };
  readonly refresh?: {
    readonly given: boolean;
    readonly rotates?: boolean;
    /** Seconds, if it says so. */
    readonly lifetime?: number;
  };
  readonly machine?: TokenShape;
  /** How revocation answers a client that registered itself. */
  readonly revocation?: { readonly status: number; readonly error?: string };
}

/** A token, without anything about the person. */
export interface TokenShape {
  readonly issuer: 'environment' | 'resource' | 'other';
  readonly audience?: readonly ('server' | 'resource' | 'other')[];
  readonly scopeClaims?: readonly ('scope' | 'scopes' | 'scp')[];
  readonly openIdScopes?: readonly string[];
  readonly claims?: readonly string[];
  /** Seconds. */
  readonly lifetime?: number;
}

/** The file itself. */
export interface AnswersFile {
  readonly version: 1;
  readonly tool: string;
  readonly askedOn: string;
  readonly answers: Answers;
}

/** What makes the local Scalekit answer as a tenant did. */
export interface Likeness {
  /** By the keys of `switches.ts`, and checked by its rows like all other values. */
  readonly switches: Readonly<Record<string, unknown>>;
  readonly strict: boolean | undefined;
}

function formOf(claims: TokenShape['scopeClaims']): 'both' | 'string' | 'array' | undefined {
  const hasString = claims?.includes('scope') === true;
  const hasArray = claims?.includes('scopes') === true;
  if (hasString && hasArray) return 'both';
  return hasString ? 'string' : hasArray ? 'array' : undefined;
}

function metadataForms(forms: Answers['metadataForms']): string | undefined {
  if (forms === undefined) return undefined;
  const [inserted, appended] = [forms.inserted === 200, forms.appended === 200];
  if (inserted && appended) return 'both';
  return inserted ? 'inserted' : appended ? 'appended' : undefined;
}

/** If a person's token has both claims, clients read the string. */
function personScopes(shape: TokenShape | undefined): string | undefined {
  const form = formOf(shape?.scopeClaims);
  return form === 'both' ? 'string' : form;
}

/** @returns the switches that the answers ask for. */
export function likenessOf(answers: Answers): Likeness {
  const { metadata, token, refresh, registration } = answers;
  const all: Record<string, unknown> = {
    metadataForms: metadataForms(answers.metadataForms),
    registration: metadata?.registration,
    clientDocuments: metadata?.documents === false ? 'off' : undefined,
    cors: answers.cors?.metadata,
    foreignResource: answers.foreignResource,
    issuer: token?.issuer === 'other' ? undefined : token?.issuer,
    audience: token?.audience && (token.audience.includes('server') ? 'both' : 'resource'),
    scopeClaim: personScopes(token),
    tokenLifetime: token?.lifetime,
    rotation: refresh?.rotates,
    refreshLifetime: refresh?.lifetime,
    machineScopes: formOf(answers.machine?.scopeClaims),
  };
  return {
    switches: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    strict:
      registration && registration.status === 201
        ? !('client_id_issued_at' in registration.members)
        : undefined,
  };
}

const next = 'write one with: scalekit-mcp doctor --live';

function refuse(file: string, what: string): UsageError {
  return new UsageError(`--like: ${file} ${what}`, { code: 'like/file', next });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a file of answers.
 * @throws UsageError if it cannot be read, or is not such a file.
 */
export function readLikeness(file: string): Likeness {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw refuse(file, `cannot be read: ${systemCode(error) ?? String(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(file, 'is not JSON');
  }
  const answers = isObject(value) && value.version === 1 ? value.answers : undefined;
  if (
    !isObject(answers) ||
    !Object.values(answers).every((each) => isObject(each) || typeof each === 'string')
  )
    throw refuse(file, 'holds no answers of doctor --live');
  return likenessOf(answers as Answers);
}
