import { nameable, type SourceNames, sourceNames } from '../../project/tool-names.ts';
import { checkScope, checkScopes, describeScope, printable } from '../../scalekit/index.ts';
import { type OptionProblem, problemsError, UsageError } from '../../terminal/errors.ts';

/** What is to be added, as it was typed and checked. */
export type AddRequest = ToolRequest | ScopeRequest;

export interface ToolRequest extends SourceNames {
  readonly kind: 'tool';
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface ScopeRequest {
  readonly kind: 'scope';
  readonly name: string;
  readonly description: string;
}

/** Scalekit takes 64 characters at most (docs/scalekit.md#identifiers-and-hosts); clients take no more, either. */
const longestName = 64;
const toolRule = `snake_case: small letters, digits and _ between them, ${longestName} characters at most, such as archive_note`;
const help = 'scalekit-mcp add --help';

/** @returns the name in the form that the rule asks for, where it can be guessed. */
function inSnakeCase(name: string): string | undefined {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const guess = words.join('_');
  return isToolName(guess) ? guess : undefined;
}

function isToolName(name: string): boolean {
  return name.length <= longestName && /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name);
}

function toolNameProblem(name: string): OptionProblem | undefined {
  if (isToolName(name)) return undefined;
  const long = name.length > longestName;
  const guess = inSnakeCase(name);
  return {
    option: '<name>',
    code: long ? 'tool-name/length' : 'tool-name/form',
    reason: long ? `A tool's name has ${name.length} characters` : 'This is no name of a tool',
    actual: printable(name),
    expected: guess === undefined ? toolRule : `${guess} (${toolRule})`,
  };
}

function toolRequest(name: string, more: readonly string[], list: string | undefined): ToolRequest {
  if (more.length > 0)
    throw new UsageError(`A tool has one name, and there is more: ${printable(more.join(' '))}`, {
      next: `scalekit-mcp add tool ${inSnakeCase([name, ...more].join('_')) ?? 'archive_note'} --scopes …`,
    });
  const problem = toolNameProblem(name);
  if (list === undefined && problem === undefined)
    throw new UsageError('--scopes is missing: which scopes does a caller of this tool need?', {
      code: 'arguments/missing',
      missing: ['--scopes'],
      next: `scalekit-mcp add tool ${name} --scopes todo:read,todo:write`,
    });
  const checked = checkScopes(list ?? '');
  const problems = [
    ...(problem === undefined ? [] : [problem]),
    ...(checked.ok || list === undefined ? [] : [{ option: '--scopes', ...checked.problem }]),
  ];
  if (problems.length > 0 || !checked.ok) throw problemsError(problems, help);
  const names = sourceNames(nameable(name.split('_')));
  return { kind: 'tool', name, scopes: checked.value, ...names };
}

function scopeRequest(name: string, words: readonly string[], list: string | undefined): ScopeRequest {
  if (list !== undefined)
    throw new UsageError('--scopes says what a tool needs; a scope needs none.', {
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
  if (kind !== 'tool' && kind !== 'scope')
    throw problemsError(
      [
        {
          option: '<kind>',
          code: 'add/kind',
          reason: 'There is nothing of this kind to add',
          actual: printable(kind),
          expected: 'tool or scope',
        },
      ],
      help,
    );
  if (name === undefined)
    throw new UsageError(`<name> is missing: what is the new ${kind} called?`, {
      code: 'arguments/missing',
      missing: ['<name>'],
      next:
        kind === 'tool'
          ? 'scalekit-mcp add tool archive_note --scopes …'
          : `scalekit-mcp add scope notes:archive`,
    });
  return kind === 'tool' ? toolRequest(name, more, list) : scopeRequest(name, more, list);
}
