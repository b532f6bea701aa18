import { packageManager } from '../project/package-manager.ts';
import { isForPowerShell, quoteForShell } from '../terminal/shell.ts';
import { flagOf, type Given, type OptionName, optionNames, optionOf } from './options.ts';
import type { CreateReport } from './report.ts';
import { isReal, type Resolved } from './resolve.ts';

/** The pasted values as separate options: JSON is full of quotes, which every shell reads differently. */
function withoutMetadata({ metadata, ...given }: Given): Given {
  if (metadata === undefined) return given;
  const { environmentUrl, resourceId, mcpUrl, scopes } = metadata;
  return {
    environmentUrl,
    resourceId,
    ...(mcpUrl === undefined ? {} : { mcpUrl }),
    ...(scopes === undefined ? {} : { scopes }),
    ...given,
  };
}

function textOf(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return 'none';
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** The unquoted words of one option. */
function wordsOf(name: OptionName, value: unknown): readonly string[] {
  const { mode, form, negatable } = optionOf(name);
  if (value === undefined || mode) return [];
  if (name === 'directory') return [String(value)];
  const flag = flagOf(name);
  if (form !== 'switch') return [flag, textOf(value)];
  if (value === true) return [flag];
  return negatable ? [`--no-${flag.slice(2)}`] : [];
}

/**
 * @param given the options from flags, answers and prompts.
 * @returns the command that makes the same project again without asking, quoted for the shell.
 */
export function repeatCommand(
  given: Given,
  resolved: Resolved,
  platform: NodeJS.Platform = process.platform,
): Pick<CreateReport, 'repeat' | 'repeatIn'> {
  const { template, packageManager: manager } = resolved.project;
  const asked: Given = { directory: resolved.shownDirectory, template, packageManager: manager };
  const complete: Given = {
    ...withoutMetadata(given),
    ...asked,
    ...(isReal(given) ? {} : { emulator: true }),
  };
  const words = optionNames.flatMap((name) => wordsOf(name, complete[name]));
  const line = words.map((word) => quoteForShell(word, platform));
  return {
    repeat: [packageManager(manager).fetchAndRun, 'create-scalekit-mcp', ...line].join(' '),
    ...(words.some((word) => isForPowerShell(word, platform)) ? { repeatIn: 'PowerShell' } : {}),
  };
}
