// URIs of resources, and templates of them (RFC 6570, as far as a URI can be read back into variables).
import { UriTemplate } from '@modelcontextprotocol/server';
import { UriPattern } from './uri-pattern.ts';

/** The variables of a URI template, by name. */
export type VariablesOf<Uri extends string> = { readonly [Name in NamesIn<Uri>]: string };

/** The names of a URI template's variables. */
export type NamesIn<Uri extends string> = string extends Uri
  ? string
  : Uri extends `${string}{${infer Expression}}${infer Rest}`
    ? NamesOf<Expression> | NamesIn<Rest>
    : never;

type NamesOf<Expression extends string> = Expression extends `${'+' | '?' | '&'}${infer Names}`
  ? Split<Names>
  : Split<Expression>;

type Split<Names extends string> = Names extends `${infer First},${infer Rest}` ? First | Split<Rest> : Names;

/** What a variable may be called, and which forms of it can be read back. */
const expression = /^(?:\+?\w+|[?&]\w+(?:,\w+)*)$/;

/** A URI, or a template of URIs. */
export class ResourceUri {
  readonly text: string;
  /** The names of its variables; none where it is a plain URI. */
  readonly names: readonly string[];
  readonly #template: UriTemplate | undefined;
  readonly #pattern: UriPattern | undefined;

  /** @throws TypeError where it is no absolute URI, or a template of a form that cannot be read back. */
  constructor(text: string) {
    this.text = text;
    const [, scheme] = /^([a-z][a-z\d+.-]*):/i.exec(text) ?? [];
    if (scheme === undefined)
      throw new TypeError(`The URI of a resource begins with a scheme, such as note://{id}; not \`${text}\``);
    const expressions = [...text.matchAll(/\{([^}]*)\}/g)].map(([, inner = '']) => inner);
    for (const each of expressions)
      if (!expression.test(each))
        throw new TypeError(
          `{${each}} in \`${text}\` cannot be read back. Take {name}, {+path} or {?name,name}`,
        );
    this.#template = expressions.length > 0 ? new UriTemplate(text) : undefined;
    this.#pattern = expressions.length > 0 ? new UriPattern(text) : undefined;
    this.names = this.#template?.variableNames ?? [];
    if (new Set(this.names).size < this.names.length)
      throw new TypeError(`Two variables in \`${text}\` have the same name`);
  }

  /** @returns the variables of a URI of this form, decoded; nothing for any other URI. */
  match(uri: string): Readonly<Record<string, string>> | undefined {
    if (this.#pattern === undefined) return uri === this.text ? {} : undefined;
    const variables = this.#pattern.match(uri);
    if (variables === undefined) return undefined;
    try {
      return Object.fromEntries([...variables].map(([name, value]) => [name, decodeURIComponent(value)]));
    } catch {
      // A % that encodes nothing: there is no such URI.
      return undefined;
    }
  }

  /** @returns the URI with these variables, encoded. */
  expand(variables: Readonly<Record<string, string>>): string {
    return this.#template?.expand({ ...variables }) ?? this.text;
  }
}
