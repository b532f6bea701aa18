import { packageManager } from '../project/package-manager.ts';
import { type DashboardMetadata, endpoints } from '../scalekit/index.ts';
import { quoteForShell } from '../terminal/shell.ts';
import { flagOf, type Given, type OptionName, optionNames, optionOf } from './options.ts';
import { isReal, type Resolved } from './resolve.ts';

/** The dashboard's JSON again, as far as it was read. */
function metadataText(metadata: DashboardMetadata): string {
  return JSON.stringify({
    authorization_servers: [endpoints(metadata.environmentUrl, metadata.resourceId).issuer],
    resource: metadata.mcpUrl,
    ...(metadata.scopes === undefined ? {} : { scopes_supported: metadata.scopes }),
  });
}

function textOf(name: OptionName, value: unknown): string {
  if (optionOf(name).form === 'object') return metadataText(value as DashboardMetadata);
  if (Array.isArray(value) && value.length === 0) return 'none';
  return Array.isArray(value) ? value.join(',') : String(value);
}

function argumentsOf(name: OptionName, value: unknown): readonly string[] {
  const { mode, form, negatable } = optionOf(name);
  if (value === undefined || mode) return [];
  if (name === 'directory') return [quoteForShell(String(value))];
  const flag = flagOf(name);
  if (form !== 'switch') return [flag, quoteForShell(textOf(name, value))];
  if (value === true) return [flag];
  return negatable ? [`--no-${flag.slice(2)}`] : [];
}

/**
 * @param given what was said by flags, answers and prompts.
 * @returns the command that makes the same project again without asking, quoted for the shell.
 */
export function repeatCommand(given: Given, resolved: Resolved): string {
  const { template, packageManager: manager } = resolved.project;
  const asked: Given = { directory: resolved.shownDirectory, template, packageManager: manager };
  const complete: Given = { ...given, ...asked, ...(isReal(given) ? {} : { emulator: true }) };
  const args = optionNames.flatMap((name) => argumentsOf(name, complete[name]));
  return [packageManager(manager).fetchAndRun, 'create-scalekit-mcp', ...args].join(' ');
}
