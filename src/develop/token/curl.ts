import { quoteForShell } from '../../terminal/shell.ts';

const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

/** A word in double quotes: the shell runs the command in it (POSIX shells and PowerShell alike). */
function authorization(token: string | undefined, command: string): string {
  return token === undefined
    ? `"Authorization: Bearer $(${command})"`
    : quoteForShell(`Authorization: Bearer ${token}`);
}

/**
 * @param token to put into it; without one the line gets it when it runs, so that no token is left in a history or a log.
 * @param command what prints the token.
 * @returns a call that lists the tools, to be pasted into a shell.
 */
export function curlLine(endpoint: string, token: string | undefined, command: string): string {
  const program = process.platform === 'win32' ? 'curl.exe' : 'curl';
  return [
    program,
    quoteForShell(endpoint),
    '-H',
    authorization(token, command),
    '-H',
    quoteForShell('Content-Type: application/json'),
    '-H',
    quoteForShell('Accept: application/json, text/event-stream'),
    '-d',
    quoteForShell(body),
  ].join(' ');
}
