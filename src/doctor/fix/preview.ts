import { maskSecrets } from '../../scalekit/index.ts';
import { readText } from '../gather/project/files.ts';
import type { Edit } from '../model.ts';
import { EditRefused, editText } from './edit-text.ts';
import type { FixPlan } from './plan.ts';

/** The lines that one edit changes, before and after. */
function changedLines(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return [
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+ ${line}`),
  ].filter((line) => line.length > 2);
}

/** Makes the edits on a copy, one after the other, and shows what each does. */
function previewEdits(text: string, edits: readonly Edit[]): readonly string[] {
  let current = text;
  return edits.flatMap((edit) => {
    if (edit.kind === 'mode') return [`chmod ${edit.mode.toString(8)}`];
    try {
      const edited = editText(current, edit);
      const lines = changedLines(current, edited);
      current = edited;
      return lines;
    } catch (error) {
      if (error instanceof EditRefused) return [`not possible: ${error.message}`];
      throw error;
    }
  });
}

/** @returns the plan as a person sees it before saying yes: each line that changes, and each command. */
export async function previewPlan(directory: string, plan: FixPlan): Promise<string> {
  const files = [...plan.files].map(async ([file, edits]) => {
    const text = (await readText(directory, file))?.text ?? '';
    return [`  ${file}`, ...previewEdits(text, edits).map((line) => `    ${maskSecrets(line)}`)];
  });
  const commands = plan.commands.map((words) => `  $ ${words.join(' ')}`);
  return [...(await Promise.all(files)).flat(), ...commands].map((line) => `${line}\n`).join('');
}
