// The scopes of a server: which there are, what each allows, which of them clients ask for first.
import { checkScope } from '../scalekit/scopes.ts';

/** How scopes relate to each other. All of it is optional. */
export interface ScopeOptions<Scope extends string> {
  /**
   * The scopes that a client is told to request when it connects. Default: all scopes, because few clients request more
   * later. With fewer here, a client has to request the rest when a tool needs it ("step-up").
   */
  readonly base?: readonly Scope[];
  /**
   * Scopes that include others. Scalekit's scopes are flat: without this a token has only what it lists.
   * With `{ 'files:write': ['files:read'] }`, a token that may write may also read, here and in what clients are told.
   */
  readonly implied?: { readonly [scope in Scope]?: readonly Scope[] };
}

/**
 * The scopes of a server, as `defineScopes` returns them.
 *
 * @example
 * new Scopes({ 'todo:read': 'Read your todos', 'todo:write': 'Change your todos' }, { base: ['todo:read'] });
 */
export class Scopes<Scope extends string = string> {
  /** Their names, in the order in which they were defined. */
  readonly names: readonly Scope[];
  /** What each allows, in a person's words. */
  readonly descriptions: ReadonlyMap<Scope, string>;
  /** What clients ask for when they connect. */
  readonly base: readonly Scope[];
  /** Each scope with all that it includes, itself first. */
  readonly #closures: ReadonlyMap<string, readonly Scope[]>;

  /** @throws TypeError when a name breaks Scalekit's rule, or an option names a scope that is not defined. */
  constructor(descriptions: Readonly<Record<Scope, string>>, options: ScopeOptions<NoInfer<Scope>> = {}) {
    // Not `descriptions[name]`: a scope may be called `__proto__`.
    this.descriptions = new Map(Object.entries(descriptions) as Array<[Scope, string]>);
    this.names = [...this.descriptions.keys()];
    this.base = options.base ?? this.names;
    const implied = new Map(Object.entries(options.implied ?? {}) as Array<[Scope, readonly Scope[]]>);
    for (const name of this.names) checkName(name);
    for (const name of [...this.base, ...implied.keys(), ...[...implied.values()].flat()])
      if (!this.has(name)) throw new TypeError(`The scope ${name} is named, and not defined`);
    this.#closures = new Map(this.names.map((name) => [name, closureOf(name, implied)]));
  }

  /** Whether this is one of the scopes. */
  has(name: string): name is Scope {
    return this.descriptions.has(name as Scope);
  }

  /**
   * Which scopes a token has.
   * @returns the scopes among these names, with what they include; other names are left out.
   */
  grantedBy(names: readonly string[]): ReadonlySet<Scope> {
    return new Set(names.flatMap((name) => this.#closures.get(name) ?? []));
  }

  /** These scopes, in the order in which they were defined. */
  inOrder(wanted: ReadonlySet<string>): readonly Scope[] {
    return this.names.filter((name) => wanted.has(name));
  }
}

function checkName(name: string): void {
  const checked = checkScope(name);
  if (checked.ok) return;
  const { reason, actual, expected } = checked.problem;
  throw new TypeError(`${reason}: \`${actual}\`. Expected: ${expected}`);
}

function closureOf<Scope extends string>(
  name: Scope,
  implied: ReadonlyMap<Scope, readonly Scope[]>,
): readonly Scope[] {
  const all = new Set([name]);
  // Grows while it is iterated.
  for (const each of all) for (const further of implied.get(each) ?? []) all.add(further);
  return [...all];
}
