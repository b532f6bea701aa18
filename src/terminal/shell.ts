/** Text that cmd and PowerShell both take literally inside double quotes. */
const plainOnWindows = /^[^"%$`!\r\n\u201c-\u201e]*$/;

/**
 * Quotes for Windows, where we cannot know which shell is used. Both read double quotes, but inside them cmd replaces
 * `%NAME%`, and PowerShell runs `$(\u2026)`. Text with such a character goes into PowerShell's single quotes, which keep everything;
 * the characters that cmd would still act on (it has no single quotes) are written as character codes.
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

/** @returns whether a quoted argument works in PowerShell alone, not in cmd; false on other systems. */
export function isForPowerShell(argument: string, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'win32' && !plainOnWindows.test(argument);
}

/**
 * Quotes an argument for the shell that a person will paste it into, so that no shell replaces or runs anything in it.
 * @param platform `process.platform`: on Windows a form for cmd and PowerShell, or for PowerShell alone (`isForPowerShell`);
 * elsewhere single quotes.
 */
export function quoteForShell(argument: string, platform: NodeJS.Platform = process.platform): string {
  const safe = platform === 'win32' ? /^[\w+=:./-]+$/ : /^[\w@%+=:,./-]+$/;
  if (safe.test(argument)) return argument;
  if (platform === 'win32') return quoteOnWindows(argument);
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
