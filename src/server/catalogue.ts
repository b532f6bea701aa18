// What a server has: its tools, resources and prompts, found by name, and listed once.
import type { ServerCapabilities } from '@modelcontextprotocol/server';
import type { Completer } from './completion.ts';
import type { Guarded } from './gate.ts';
import type { Prompt } from './prompt.ts';
import type { Resource } from './resource.ts';
import type { Scopes } from './scopes.ts';
import { isOfSkills, type Skills, skillGroups } from './skills.ts';
import type { Tool } from './tool.ts';

/** What an owner declares. */
export interface Declared {
  readonly tools: readonly Tool[];
  readonly resources?: readonly Resource[];
  readonly prompts?: readonly Prompt[];
  readonly skills?: Skills | readonly Skills[];
}

/** A resource, and the values of its variables in a URI. */
export interface FoundResource {
  readonly resource: Resource;
  readonly variables: Readonly<Record<string, string>>;
}

/** What is listed, in the order of the lists; resources without variables apart from templates. */
interface Listed {
  readonly tools: readonly Tool[];
  readonly prompts: readonly Prompt[];
  readonly single: readonly Resource[];
  readonly templates: readonly Resource[];
  readonly skills: readonly Skills[];
}

/** The lists that clients get. */
export interface Listings {
  readonly tools: { tools: Tool['listing'][] };
  readonly prompts: { prompts: Prompt['listing'][] };
  readonly resources: Array<Resource['listing'] & { uri: string }>;
  readonly templates: { resourceTemplates: Array<Resource['listing'] & { uriTemplate: string }> };
}

/** What can be completed: something with scopes. */
export interface Completable {
  readonly scopes: readonly string[];
  readonly completers: ReadonlyMap<string, Completer>;
}

export class Catalogue {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly prompts: ReadonlyMap<string, Prompt>;
  readonly templates: readonly Resource[];
  readonly templateNames: ReadonlySet<string>;
  readonly listings: Listings;
  /** What clients are told that there is. None of it changes while the server runs. */
  readonly capabilities: ServerCapabilities;
  /** The same in 2026-07-28, which has subscriptions without sessions. */
  readonly modernCapabilities: ServerCapabilities;
  /** What can be watched. */
  readonly watchable: readonly Resource[];
  readonly skills: readonly Skills[];
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #listed: Listed;

  /** @throws TypeError if two have the same name, or one needs a scope that is not defined. */
  constructor({ tools, resources = [], prompts = [], skills: declared }: Declared, scopes: Scopes) {
    const skills = skillGroups(declared);
    this.skills = skills;
    this.tools = byName(tools, 'tools');
    this.prompts = byName(prompts, 'prompts');
    byName(resources, 'resources');
    for (const { listing, scopes: needed } of [...tools, ...resources, ...prompts])
      checkScopes(listing.name, needed, scopes);
    for (const group of skills) checkScopes('A skill', group.scopes, scopes);
    if (skills.length > 0) {
      const taken = resources.find(({ uri }) => isOfSkills(uri.text));
      if (taken)
        throw new TypeError(`${taken.uri.text} is a URI of the skills: a resource needs another scheme`);
    }
    const single = resources.filter(({ uri }) => uri.names.length === 0);
    this.#resources = new Map(single.map((resource) => [resource.uri.text, resource]));
    if (this.#resources.size < single.length) throw new TypeError('Two resources have the same URI');
    this.templates = resources.filter(({ uri }) => uri.names.length > 0);
    this.templateNames = new Set(this.templates.map(({ listing }) => listing.name));
    this.#listed = { tools, prompts, single, templates: this.templates, skills };
    this.listings = listingsOf(this.#listed);
    const canComplete = [...resources, ...prompts].some(({ completers }) => completers.size > 0);
    this.capabilities = {
      tools: {},
      ...((resources.length > 0 || skills.length > 0) && { resources: {} }),
      ...(prompts.length > 0 && { prompts: {} }),
      ...(canComplete && { completions: {} }),
      ...(skills[0] && { extensions: { [skills[0].catalog.id]: { directoryRead: true } } }),
    };
    this.watchable = resources.filter(({ isWatchable }) => isWatchable);
    this.modernCapabilities =
      this.watchable.length > 0
        ? { ...this.capabilities, resources: { subscribe: true } }
        : this.capabilities;
  }

  /**
   * @param held undefined if there is no token.
   * @returns the lists without what would be refused to a token with these scopes. Listed or not, it is refused.
   */
  listingsFor(held: ReadonlySet<string> | undefined): Listings {
    const mayUse = ({ scopes, isPublic = false }: Guarded) =>
      isPublic || (held !== undefined && scopes.every((scope) => held.has(scope)));
    const { tools, prompts, single, templates, skills } = this.#listed;
    return listingsOf({
      tools: tools.filter(mayUse),
      prompts: prompts.filter(mayUse),
      single: single.filter(mayUse),
      templates: templates.filter(mayUse),
      skills: skills.filter(mayUse),
    });
  }

  /** @returns the resource that has this URI: one of its own before a template, templates in the order of the list. */
  find(uri: string): FoundResource | undefined {
    const single = this.#resources.get(uri);
    if (single !== undefined) return { resource: single, variables: {} };
    for (const resource of this.templates) {
      const variables = resource.uri.match(uri);
      if (variables !== undefined) return { resource, variables };
    }
    return undefined;
  }

  /** @param ref a prompt's name, or a resource's URI as it is declared. */
  completable(
    ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string },
  ): Completable | undefined {
    if (ref.type === 'ref/prompt') return this.prompts.get(ref.name);
    return this.templates.find(({ uri }) => uri.text === ref.uri) ?? this.#resources.get(ref.uri);
  }
}

function listingsOf({ tools, prompts, single, templates, skills }: Listed): Listings {
  return {
    tools: { tools: tools.map(({ listing }) => listing) },
    prompts: { prompts: prompts.map(({ listing }) => listing) },
    resources: [
      ...single.map(({ listing, uri }) => ({ uri: uri.text, ...listing })),
      ...skills.flatMap((group) => group.listings),
    ],
    templates: {
      resourceTemplates: templates.map(({ listing, uri }) => ({ uriTemplate: uri.text, ...listing })),
    },
  };
}

function byName<Named extends { readonly listing: { readonly name: string } }>(
  all: readonly Named[],
  what: string,
): ReadonlyMap<string, Named> {
  const map = new Map(all.map((each) => [each.listing.name, each]));
  if (map.size < all.length) throw new TypeError(`Two ${what} have the same name`);
  return map;
}

function checkScopes(name: string, needed: readonly string[], scopes: Scopes): void {
  for (const scope of needed)
    if (!scopes.has(scope))
      throw new TypeError(`${name} needs the scope ${scope}, which is not among the scopes of auth`);
}
