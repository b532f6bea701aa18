import { accept, type Checked, refuse } from '../scalekit/index.ts';

const nameRule = 'any text of 1 to 200 characters, emoji and right-to-left scripts included';

/** Characters that are invisible, or that change how the text around them is shown ("Trojan Source"). */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/**
 * Checks the server's display name. Quotes, backticks, `${}` and `{{}}` are allowed; invisible characters are not.
 * @returns the name without surrounding white space.
 */
export function checkName(text: string): Checked<string> {
  const name = text.trim();
  if (name === '') return refuse('name/empty', 'The name is empty', text, nameRule);
  const length = [...name].length;
  if (length > 200) return refuse('name/length', `The name has ${length} characters`, name, nameRule);
  // A lone surrogate: half of a character, which no file can hold.
  if (/\p{Cs}/u.test(name))
    return refuse('name/encoding', 'The name is not well-formed Unicode', name, nameRule);
  if (deceptive.test(name)) {
    return refuse(
      'name/characters',
      'The name contains a line break, a control character or a direction override',
      name,
      nameRule,
    );
  }
  return accept(name);
}

const directoryRule = 'a folder such as todo-mcp, ../todo-mcp or . for this one';

/** File names that Windows reserves, with any extension. */
const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;

/** What is wrong with one part of a path, or undefined. */
function faultOfSegment(segment: string): string | undefined {
  if (deceptive.test(segment)) return 'contains an invisible character';
  const forbidden = /[<>:"|?*]/.exec(segment)?.[0];
  // A colon also breaks PATH, and with it every `npm run`; the others cannot be checked out on Windows.
  if (forbidden !== undefined) return `contains ${forbidden}, which Windows does not allow in a folder name`;
  if (reservedOnWindows.test(segment)) return `is a name that Windows reserves`;
  if (/[. ]$/.test(segment) && segment !== '.' && segment !== '..')
    return 'ends in a dot or a space, which Windows drops';
  // npm and Node.js look for packages in such a folder, and npm installs into the folder above it.
  if (segment === 'node_modules') return 'is where package managers keep packages';
  if (segment.startsWith('-')) return 'starts with a hyphen, and would be taken for an option';
  if (Buffer.byteLength(segment) > 255) return 'is longer than 255 bytes';
  return undefined;
}

/**
 * Checks the form of a project's directory; whether it can be written shows when it is written.
 * @returns the path as given, without surrounding white space.
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
