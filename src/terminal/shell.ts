/**
 * Quotes an argument for the shell that a person will paste it into.
 * @param platform `process.platform`: on Windows double quotes, which cmd and PowerShell both read; elsewhere single ones.
 */
export function quoteForShell(argument: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  if (platform === 'win32') return `"${argument.replaceAll('"', '\\"')}"`;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
