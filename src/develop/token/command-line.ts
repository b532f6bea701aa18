import { quoteForShell } from '../../terminal/shell.ts';
import type { TokenOptions } from './target.ts';

/** @returns the `scalekit-mcp token` command that asks for the same again. */
export function commandFor(options: TokenOptions, scopes = options.scopes): string {
  const { url, as, clientId, callbackPort, machine } = options;
  const rows = [
    ['--url', url],
    ['--scopes', scopes],
    ['--as', as],
    ['--client-id', clientId],
    ['--callback-port', callbackPort],
  ] as const;
  const given = rows.flatMap(([flag, value]) => (value === undefined ? [] : [flag, quoteForShell(value)]));
  return ['npx scalekit-mcp token', ...given, ...(machine ? ['--machine'] : [])].join(' ');
}
