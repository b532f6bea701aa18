/**
 * Detects UTF-16, as PowerShell's `>` and Notepad's "Unicode" write it: by its byte order mark, or by a zero byte. Programs
 * that read such a `.env` find no variables in it.
 */
export function isUtf16(bytes: Uint8Array): boolean {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  return mark === 0xfffe || mark === 0xfeff || bytes.includes(0);
}

/** What is wrong with such a file. Follows the file's name in a sentence. */
export const utf16Problem = 'is in UTF-16: save it as UTF-8';
