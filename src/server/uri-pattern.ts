// Reads a URI back into the variables of its template, in a time that only grows with its length.

/** As long as a whole request may be by default. What is longer is the URI of nothing. */
const longest = 65_536;

/** A variable, and which characters end it. */
interface Variable {
  readonly name: string;
  readonly isEnd: (character: string) => boolean;
}

/** Literal text, or a variable. */
type Part = string | Variable;

/** What may not be in a variable, by the operator of its expression: the rules of the SDK's `UriTemplate`. */
const ends: Readonly<Record<string, string>> = { '': '/,', '+': '\n\r\u2028\u2029', '?': '&', '&': '&' };

/**
 * A template as a pattern. The SDK's `UriTemplate.match` makes a regular expression of it, which goes back and tries again: two
 * variables in a segment (`{owner}-{name}`) cost 3 s with a URI of 60 kB, and three cost hours. A client chooses that URI. This
 * gives the same answers, in one walk for each part.
 */
export class UriPattern {
  readonly #parts: readonly Part[];

  /** @param template whose expressions are `{name}`, `{+name}`, `{?name,name}` or `{&name,name}`. */
  constructor(template: string) {
    this.#parts = template
      .split(/\{([^}]*)\}/)
      .flatMap((text, index) => (index % 2 === 0 ? [text] : partsOf(text)))
      .filter((part) => part !== '');
  }

  /** @returns the variables as they stand in the URI, earlier ones as long as possible; nothing for any other URI. */
  match(uri: string): ReadonlyMap<string, string> | undefined {
    const [first] = this.#parts;
    if (uri.length > longest || (typeof first === 'string' && !uri.startsWith(first))) return undefined;
    const steps = this.#stepsThrough(uri);
    const values = new Map<string, string>();
    let at = 0;
    for (const [index, part] of this.#parts.entries()) {
      const next = steps[index]?.[at] ?? 0;
      if (next === 0) return undefined;
      if (typeof part !== 'string') values.set(part.name, uri.slice(at, next));
      at = next;
    }
    return values;
  }

  /**
   * From the last part to the first: where each would end if it began at a position, such that all parts after it fit as well.
   * @returns for each part and position that end, or 0 if it does not fit there.
   */
  #stepsThrough(uri: string): readonly Uint32Array[] {
    const { length } = uri;
    let fits = (at: number) => at === length;
    const steps = this.#parts.toReversed().map((part) => {
      const step = new Uint32Array(length + 1);
      for (let at = length - 1; at >= 0; at -= 1) step[at] = endOf(part, uri, at, step, fits);
      fits = (at) => at < length && step[at] !== 0;
      return step;
    });
    return steps.toReversed();
  }
}

function endOf(
  part: Part,
  uri: string,
  at: number,
  step: Uint32Array,
  fits: (at: number) => boolean,
): number {
  if (typeof part === 'string')
    return uri.startsWith(part, at) && fits(at + part.length) ? at + part.length : 0;
  if (part.isEnd(uri.charAt(at))) return 0;
  // Begun one character later it would end there; if it cannot, it is this one character.
  return step[at + 1] || (fits(at + 1) ? at + 1 : 0);
}

/** @returns the parts of an expression: of a query, each variable follows its name. */
function partsOf(expression: string): Part[] {
  const [, operator = '', names = ''] = /^([+?&]?)(.*)$/.exec(expression) ?? [];
  const end = ends[operator] ?? '';
  const isEnd = (character: string) => end.includes(character);
  if (operator !== '?' && operator !== '&') return [{ name: names, isEnd }];
  return names
    .split(',')
    .flatMap((name, index) => [`${index === 0 ? operator : '&'}${name}=`, { name, isEnd }]);
}
