import { nameable, type SourceNames, sourceNames } from '../../project/tool-names.ts';
import { checkScope, checkScopes, describeScope, printable } from '../../scalekit/index.ts';
import { type OptionProblem, problemsError, UsageError } from '../../terminal/errors.ts';

/** What to add, as typed and checked. */
export type AddRequest = FeatureRequest | ScopeRequest;

/** What a server has and scopes protect. */
export type FeatureKind = 'tool' | 'resource' | 'prompt';

export interface FeatureRequest extends SourceNames {
  readonly kind: FeatureKind;
  /** In snake_case. */
  readonly name: string;
  readonly scopes: readonly string[];
}

/** What a project may have no list of yet. */
export type ListedRequest = FeatureRequest & { readonly kind: 'resource' | 'prompt' };

export interface ScopeRequest {
  readonly kind: 'scope';
  readonly name: string;
  readonly description: string;
}

/** Scalekit accepts at most 64 characters (docs/scalekit.md#identifiers-and-hosts), and so do clients. */
const longestName = 64;
const nameRule = `snake_case: small letters, digits and _ between them, ${longestName} characters at most, such as archive_note`;
const help = 'scalekit-mcp add --help';

/** @returns the name in the form that the rule requires, if it can be guessed. */
function inSnakeCase(name: string): string | undefined {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const guess = words.join('_');
  return isName(guess) ? guess : undefined;
}

function isName(name: string): boolean {
  return name.length <= longestName && /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name);
}

function nameProblem(kind: FeatureKind, name: string): OptionProblem | undefined {
  if (isName(name)) return undefined;
  const long = name.length > longestName;
  const guess = inSnakeCase(name);
  return {
    option: '<name>',
    code: `${kind}-name/${long ? 'length' : 'form'}`,
    reason: long ? `A ${kind}'s name has ${name.length} characters` : `This is no name of a ${kind}`,
    actual: printable(name),
    expected: guess === undefined ? nameRule : `${guess} (${nameRule})`,
  };
}

function featureRequest(
  kind: FeatureKind,
  name: string,
  more: readonly string[],
  list: string | undefined,
): FeatureRequest {
  if (more.length > 0)
    throw new UsageError(`A ${kind} has one name, and there is more: ${printable(more.join(' '))}`, {
      next: `scalekit-mcp add ${kind} ${inSnakeCase([name, ...more].join('_')) ?? 'archive_note'} --scopes …`,
    });
  const problem = nameProblem(kind, name);
  if (list === undefined && problem === undefined)
    throw new UsageError(`--scopes is missing: which scopes does a caller of this ${kind} need?`, {
      code: 'arguments/missing',
      missing: ['--scopes'],
      next: `scalekit-mcp add ${kind} ${name} --scopes todo:read,todo:write`,
    });
  const checked = checkScopes(list ?? '');
  const problems = [
    ...(problem === undefined ? [] : [problem]),
    ...(checked.ok || list === undefined ? [] : [{ option: '--scopes', ...checked.problem }]),
  ];
  if (problems.length > 0 || !checked.ok) throw problemsError(problems, help);
  const names = sourceNames(nameable(name.split('_'), kind));
  return { kind, name, scopes: checked.value, ...names };
}

function scopeRequest(name: string, words: readonly string[], list: string | undefined): ScopeRequest {
  if (list !== undefined)
    throw new UsageError('--scopes says what a tool, a resource or a prompt needs; a scope needs none.', {
      next: `scalekit-mcp add scope ${printable(name)}`,
    });
  const checked = checkScope(name);
  if (!checked.ok) throw problemsError([{ option: '<name>', ...checked.problem }], help);
  const description = words.join(' ').replaceAll(/\s+/g, ' ').trim();
  if (/\p{Cc}|\p{Cf}/u.test(description))
    throw problemsError(
      [
        {
          option: '<description>',
          code: 'scope/description',
          reason: 'A description holds characters that nobody sees',
          actual: printable(description),
          expected: 'what the scope allows, in words for a consent page',
        },
      ],
      help,
    );
  return { kind: 'scope', name, description: description === '' ? describeScope(name) : description };
}

/**
 * Checks what was typed after `scalekit-mcp add`.
 * @param words kind and name, and a scope's description.
 * @param list of `--scopes`.
 * @throws UsageError saying what is wrong, and what was expected.
 */
export function requestOf(words: readonly string[], list: string | undefined): AddRequest {
  const [kind = '', name, ...more] = words;
  if (!isKind(kind))
    throw problemsError(
      [
        {
          option: '<kind>',
          code: 'add/kind',
          reason: 'There is nothing of this kind to add',
          actual: printable(kind),
          expected: 'tool, resource, prompt or scope',
        },
      ],
      help,
    );
  if (name === undefined)
    throw new UsageError(`<name> is missing: what is the new ${kind} called?`, {
      code: 'arguments/missing',
      missing: ['<name>'],
      next: `scalekit-mcp add ${kind} ${kind === 'scope' ? 'notes:archive' : 'archive_note --scopes …'}`,
    });
  return kind === 'scope' ? scopeRequest(name, more, list) : featureRequest(kind, name, more, list);
}

function isKind(kind: string): kind is AddRequest['kind'] {
  return ['tool', 'resource', 'prompt', 'scope'].includes(kind);
}
