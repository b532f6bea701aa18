import { accept, type Checked, refuse } from '../scalekit/index.ts';

const nameRule = 'any text of 1 to 200 characters, emoji and right-to-left scripts included';

/** Characters that are not shown, or that change how the text around them is shown ("Trojan Source"). */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/**
 * Checks the server's display name. Quotes, back-ticks, `${}` and `{{}}` are names like any other; what a person cannot
 * see is none.
 * @returns the name without white space at its ends.
 */
export function checkName(text: string): Checked<string> {
  const name = text.trim();
  if (name === '') return refuse('name/empty', 'The name is empty', text, nameRule);
  const length = [...name].length;
  if (length > 200) return refuse('name/length', `The name has ${length} characters`, name, nameRule);
  // A lone surrogate: half of a character, which no file can hold.
  if (/\p{Cs}/u.test(name))
    return refuse('name/encoding', 'The name is not well-formed Unicode', name, nameRule);
  if (unprintable.test(name)) {
    return refuse(
      'name/characters',
      'The name holds a line break, a control character or a direction override',
      name,
      nameRule,
    );
  }
  return accept(name);
}

const directoryRule = 'a folder such as todo-mcp, ../todo-mcp or . for this one';

/** Names that no file can have on Windows, whatever their extension. */
const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;

/** What is wrong with one part of a path, or undefined. */
function faultOfSegment(segment: string): string | undefined {
  if (unprintable.test(segment)) return 'holds a character that is not shown';
  const forbidden = /[<>:"|?*]/.exec(segment)?.[0];
  // A colon also breaks PATH, and with it every `npm run`; the others cannot be checked out on Windows.
  if (forbidden !== undefined) return `holds ${forbidden}, which no folder can have on Windows`;
  if (reservedOnWindows.test(segment)) return `is a name that Windows reserves`;
  if (/[. ]$/.test(segment) && segment !== '.' && segment !== '..')
    return 'ends in a dot or a space, which Windows drops';
  if (segment.startsWith('-')) return 'begins with a hyphen, and would be taken for an option';
  if (Buffer.byteLength(segment) > 255) return 'is longer than 255 bytes';
  return undefined;
}

/**
 * Checks the directory of a project by its form alone; whether it can be written is found out by writing.
 * @returns the path as it was given, without white space at its ends.
 */
export function checkDirectory(text: string): Checked<string> {
  const path = text.trim();
  if (path === '') return refuse('directory/empty', 'The directory is empty', text, directoryRule);
  const withoutDrive = path.replace(/^[a-zA-Z]:(?=[\\/])/, '');
  for (const segment of withoutDrive.split(/[\\/]/)) {
    const fault = faultOfSegment(segment);
    if (fault !== undefined)
      return refuse('directory/form', `A part of the path ${fault}`, path, directoryRule);
  }
  return accept(path);
}
