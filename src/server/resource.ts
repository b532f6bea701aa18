// Declares a resource, or a template of resources: where it is, which scopes it needs, and how it is read.
import type {
  Annotations,
  ReadResourceResult,
  Resource as ResourceListing,
  ResourceTemplateType as TemplateListing,
} from '@modelcontextprotocol/server';
import type { Call, ListingCall } from './call.ts';
import { type Complete, type Completer, completersOf } from './completion.ts';
import { type Bytes, base64 } from './content.ts';
import { securityMeta } from './security-schemes.ts';
import { type NamesIn, ResourceUri, type VariablesOf } from './uri.ts';

/** A part of what a resource contains. Without a URI and a type it has those of the resource. */
export interface ResourcePart {
  readonly uri?: string;
  readonly mimeType?: string;
  readonly text?: string;
  readonly bytes?: Bytes;
}

/** What `read` returns: text, bytes, or parts; `undefined` if there is no such resource. */
export type ResourceContents = string | Uint8Array | ResourcePart | readonly ResourcePart[] | undefined;

/** A resource of a template, as `list` names it. */
export interface ListedResource<Uri extends string> {
  readonly variables: VariablesOf<Uri>;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
}

/** A page of the resources of a template, where there are too many for one. */
export interface ResourcePage<Uri extends string> {
  readonly resources: ReadonlyArray<ListedResource<Uri>>;
  /** Where the next page begins, in words of your own, such as the last id; undefined on the last page. */
  readonly cursor?: string | undefined;
}

/** What `list` gives: all there is, or a page of it. */
type Listed<Uri extends string> = ReadonlyArray<ListedResource<Uri>> | ResourcePage<Uri>;

/** How long clients of 2026-07-28 may keep what they have read. */
export interface CacheHint {
  readonly ttlMs: number;
  /** `public` for what is the same for every user; default `private`. */
  readonly cacheScope?: 'public' | 'private';
}

/** A resource, or a template of resources. */
export interface ResourceDeclaration<Scope extends string, Uri extends string> {
  /**
   * A URI such as `config://app`, or a template of URIs: `note://{id}`. `{+path}` also matches slashes, `{?from,to}` a query.
   * Variables come decoded, and may contain anything: check them before they become part of a path or a query.
   */
  readonly uri: Uri;
  /** A short name, unique among the resources. */
  readonly name: string;
  /** What people see. */
  readonly title?: string;
  /** What a model, or a person, reads to decide whether to read the resource. */
  readonly description?: string;
  /** The type of what `read` returns, unless that says otherwise. Default `text/plain` for text, `application/octet-stream` for bytes. */
  readonly mimeType?: string;
  /** All of them are required. Without them the request ends with HTTP 403, before `read`, `list` or `complete`. */
  readonly scopes: readonly Scope[];
  readonly annotations?: Annotations;
  /** Default: clients do not keep it. */
  readonly cache?: CacheHint;
  read(variables: VariablesOf<Uri>, call: Call<Scope>): ResourceContents | Promise<ResourceContents>;
  /**
   * For templates: the resources that there are for this user. Without the scopes, none are listed.
   *
   * @param cursor from where to go on: the `cursor` of the page before. It comes back from the client, so check it, and throw a
   *   `ToolError` for one that you have not given.
   */
  list?(call: ListingCall<Scope>, cursor: string | undefined): Listed<Uri> | Promise<Listed<Uri>>;
  /** Whether clients of 2026-07-28 can watch it. Then call `updated` when it has changed. */
  readonly subscribe?: boolean;
  /** For templates: suggests values of a variable while a person types. */
  readonly complete?: Complete<NamesIn<Uri>, Scope>;
}

/** Called with a change: of which URI, and for which user; for all users if there is none. */
export type ChangeListener = (uri: string, userId: string | undefined) => void;

/** A declared resource, which can say that it has changed. */
export interface DeclaredResource<Uri extends string> extends Resource {
  /**
   * Tells clients that watch it (`subscribe: true`). It reaches those that are connected to this process.
   *
   * @param variables which one of a template; `{}` for a resource that is alone.
   * @param userId whose it is: `call.user.id`. Without it, everybody who watches is told.
   *
   * @example
   * note.updated({ id }, user.id);
   */
  updated(variables: VariablesOf<Uri>, userId?: string): void;
}

/** A declared resource, as the rest of the server sees it. */
export interface Resource {
  readonly scopes: readonly string[];
  readonly uri: ResourceUri;
  readonly completers: ReadonlyMap<string, Completer>;
  readonly cache: CacheHint | undefined;
  readonly isWatchable: boolean;
  /** Whom to tell of a change. */
  readonly changes: Set<ChangeListener>;
  /** Its entry in `resources/list`, or in `resources/templates/list`. */
  readonly listing: Omit<ResourceListing, 'uri'>;
  /** Reads it. The caller has checked the scopes. */
  read(
    uri: string,
    variables: Readonly<Record<string, string>>,
    call: Call,
  ): Promise<ReadResourceResult | undefined>;
  /** Lists a template's resources, from a cursor of its own on. */
  readonly list: ((call: ListingCall, cursor?: string) => Promise<ListingPage>) | undefined;
}

/** A page of a template's resources. */
export interface ListingPage {
  readonly resources: readonly ResourceListing[];
  readonly cursor: string | undefined;
}

/** A template's entry in `resources/templates/list`. */
export type { TemplateListing };

/**
 * Declares a resource, or a template of resources. Identity comes from `call.user`, never from the URI.
 *
 * @example
 * export const note = resource({
 *   uri: 'note://{id}',
 *   name: 'note',
 *   title: 'A note',
 *   mimeType: 'text/markdown',
 *   scopes: ['note:read'],
 *   read: async ({ id }, { user }) => await notes.text(user.id, id),
 *   list: async ({ user }) =>
 *     (await notes.of(user.id)).map(({ id, title }) => ({ variables: { id }, name: title })),
 *   complete: { id: async (typed, { user }) => await notes.idsThatBegin(user.id, typed) },
 * });
 */
export type DeclareResource<Scope extends string> = <const Uri extends string>(
  declaration: ResourceDeclaration<Scope, Uri>,
) => DeclaredResource<Uri>;

/** Declares a resource of any scopes. @throws TypeError if its URI is not one. */
export function declareResource<Scope extends string, const Uri extends string>(
  declaration: ResourceDeclaration<Scope, Uri>,
): DeclaredResource<Uri> {
  const { name, title, description, mimeType, scopes, annotations, cache, list } = declaration;
  const uri = new ResourceUri(declaration.uri);
  if (list !== undefined && uri.names.length === 0)
    throw new TypeError(`${name} has a list, and a URI without variables: there is one of it`);
  const completers = completersOf(declaration.complete, uri.names, name);
  const changes = new Set<ChangeListener>();
  const about = present({ description, mimeType, annotations });
  return {
    scopes,
    uri,
    completers,
    cache,
    isWatchable: declaration.subscribe ?? false,
    changes,
    updated(variables, userId) {
      for (const tell of changes) tell(uri.expand(variables), userId);
    },
    listing: { name, ...present({ title }), ...about, _meta: securityMeta(scopes) },
    async read(asked, variables, call) {
      const contents = await declaration.read(variables as VariablesOf<Uri>, call as Call<Scope>);
      if (contents === undefined) return undefined;
      return { contents: partsOf(contents).map((part) => partIn(part, asked, mimeType)) };
    },
    list:
      list &&
      (async (call, from) => {
        const listed = await list.call(declaration, call as ListingCall<Scope>, from);
        const { resources, cursor }: ResourcePage<Uri> = isPage(listed) ? listed : { resources: listed };
        return {
          // Without the template's title, which clients would show instead of each one's name.
          resources: resources.map(({ variables, ...own }) => ({
            ...about,
            ...own,
            uri: uri.expand(variables),
          })),
          cursor,
        };
      }),
  };
}

function isPage<Uri extends string>(listed: Listed<Uri>): listed is ResourcePage<Uri> {
  return !Array.isArray(listed);
}

function partsOf(contents: NonNullable<ResourceContents>): readonly ResourcePart[] {
  if (typeof contents === 'string') return [{ text: contents }];
  if (contents instanceof Uint8Array) return [{ bytes: contents }];
  return Array.isArray(contents) ? contents : [contents as ResourcePart];
}

function partIn(
  { uri, mimeType, text, bytes }: ResourcePart,
  asked: string,
  declared: string | undefined,
): ReadResourceResult['contents'][number] {
  const isText = bytes === undefined;
  const type = mimeType ?? declared ?? (isText ? 'text/plain' : 'application/octet-stream');
  const where = { uri: uri ?? asked, mimeType: type };
  return isText ? { ...where, text: text ?? '' } : { ...where, blob: base64(bytes) };
}

/** Without what is undefined. */
function present<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
