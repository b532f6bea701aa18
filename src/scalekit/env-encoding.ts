/**
 * PowerShell's `>` and Notepad's "Unicode" write UTF-16, with a mark in front; without one every second byte is zero. No
 * program reads that as a `.env`: it finds no variables in it.
 */
export function isUtf16(bytes: Uint8Array): boolean {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  return mark === 0xfffe || mark === 0xfeff || bytes.includes(0);
}

/** What is wrong with such a file; a clause for a sentence that names it. */
export const utf16Problem = 'is in UTF-16: save it as UTF-8';
