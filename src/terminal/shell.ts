/** What cmd and PowerShell both take for itself inside double quotes. */
const plainOnWindows = /^[^"%$`!\r\n\u201c-\u201e]*$/;

/**
 * For a shell on Windows, where nobody knows which one it is. Double quotes are read by both, but cmd replaces `%NAME%` in
 * them, and PowerShell runs `$(\u2026)`. What holds such a character goes into PowerShell's single quotes, which keep everything;
 * what cmd would act on in there (it knows no single quotes) is written as character codes.
 */
function quoteOnWindows(argument: string): string {
  if (plainOnWindows.test(argument)) return `"${argument}"`;
  // PowerShell reads typographic single quotes as quotes, too: each is written twice.
  const literal = (text: string) => `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
  const parts = argument.match(/[%&|<>^"!\r\n]|[^%&|<>^"!\r\n]+/g) ?? [];
  const pieces = parts.map((part) =>
    /^[%&|<>^"!\r\n]$/.test(part) ? `[char]${part.charCodeAt(0)}` : literal(part),
  );
  return pieces.length === 1 && pieces[0]?.startsWith("'") ? pieces[0] : `(''+${pieces.join('+')})`;
}

/** @returns whether a line with this argument means the same in cmd as in PowerShell; on other systems there is one form. */
export function isForPowerShell(argument: string, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'win32' && !plainOnWindows.test(argument);
}

/**
 * Quotes an argument for the shell that a person will paste it into. Nothing in it is replaced or run, in whichever shell.
 * @param platform `process.platform`: on Windows a form for cmd and PowerShell, or for PowerShell alone (`isForPowerShell`);
 * elsewhere single quotes.
 */
export function quoteForShell(argument: string, platform: NodeJS.Platform = process.platform): string {
  const safe = platform === 'win32' ? /^[\w+=:./-]+$/ : /^[\w@%+=:,./-]+$/;
  if (safe.test(argument)) return argument;
  if (platform === 'win32') return quoteOnWindows(argument);
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
