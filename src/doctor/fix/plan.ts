import type { CheckResult, Command, Edit } from '../model.ts';

/** What `--fix` would do: the edits of each file, then commands. */
export interface FixPlan {
  readonly files: ReadonlyMap<string, readonly Edit[]>;
  readonly commands: readonly Command[];
  /** The codes that it is for. */
  readonly codes: readonly string[];
}

function once<T>(items: readonly T[]): readonly T[] {
  const texts = items.map((item) => JSON.stringify(item));
  return items.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
}

/** If two findings are about one variable, the last one counts, since later checks build on what earlier ones expect. */
function withoutConflicts(edits: readonly Edit[]): readonly Edit[] {
  return edits.filter((edit, index) => {
    if (edit.kind !== 'set-variable') return true;
    const isAgain = (other: Edit) =>
      other.kind === 'set-variable' && other.file === edit.file && other.variable === edit.variable;
    return !edits.slice(index + 1).some(isAgain);
  });
}

/** Lines are removed from the bottom up, after everything else, so that no number shifts. */
function inOrder(edits: readonly Edit[]): readonly Edit[] {
  const lineOf = (edit: Edit) => (edit.kind === 'remove-line' ? edit.line : Number.POSITIVE_INFINITY);
  return [...edits].sort((a, b) => lineOf(b) - lineOf(a) || 0);
}

/** @returns what can be done about the findings, without repetition. */
export function planFixes(results: readonly CheckResult[]): FixPlan {
  const found = results.filter(({ state }) => state === 'found');
  const edits = withoutConflicts(once(found.flatMap((result) => result.edits ?? [])));
  const files = new Map<string, readonly Edit[]>();
  for (const file of new Set(edits.map((edit) => edit.file)))
    files.set(file, inOrder(edits.filter((edit) => edit.file === file)));
  const commands = once(found.flatMap((result) => result.commands ?? []));
  const isPlanned = ({ edits: own = [], commands: ownCommands = [] }: CheckResult) =>
    own.length > 0 || ownCommands.length > 0;
  return { files, commands, codes: [...new Set(found.filter(isPlanned).map(({ code }) => code))] };
}

/** @returns whether there is nothing to do. */
export function isEmpty(plan: FixPlan): boolean {
  return plan.files.size === 0 && plan.commands.length === 0;
}
