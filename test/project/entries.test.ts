import { parse as parseJson } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { putEntry, removeEntry } from '../../src/project/entries/edit.ts';
import { type EntryPlace, NotUnderstood } from '../../src/project/entries/entry.ts';

const json: EntryPlace = { key: 'mcpServers', name: 'todo', format: 'jsonc' };
const strict: EntryPlace = { ...json, format: 'json' };
const toml: EntryPlace = { key: 'mcp_servers', name: 'todo', format: 'toml' };
const value = { type: 'http', url: 'http://localhost:3002/mcp', oauth: { scopes: 'a b' } };
const tomlValue = { url: 'http://localhost:3002/mcp', scopes: ['a', 'b'] };

/** Files as people have them; each has to come back byte for byte. */
const jsonFiles: Readonly<Record<string, string>> = {
  'one other server': '{\n  "mcpServers": {\n    "x": { "url": "https://x.example/mcp" }\n  }\n}\n',
  'no line end': '{\n  "mcpServers": {\n    "x": {}\n  }\n}',
  tabs: '{\n\t"mcpServers": {\n\t\t"x": {\n\t\t\t"command": "x"\n\t\t}\n\t}\n}\n',
  'four spaces': '{\n    "mcpServers": {\n        "x": {}\n    }\n}\n',
  CRLF: '{\r\n  "mcpServers": {\r\n    "x": {}\r\n  }\r\n}\r\n',
  'a byte order mark': '\uFEFF{\n  "mcpServers": {\n    "x": {}\n  }\n}\n',
  minified: '{"mcpServers":{"x":{"url":"https://x.example/mcp"}},"other":1}',
  'one line with spaces': '{ "mcpServers": { "x": { "url": "https://x.example" } } }\n',
  'a comma at the end': '{\n  "mcpServers": {\n    "x": {},\n  },\n}\n',
  'a comment behind the last': '{\n  "mcpServers": {\n    "x": {} // mine\n  }\n}\n',
  'a comment behind the last comma': '{\n  "mcpServers": {\n    "x": {}, // mine\n  }\n}\n',
  'a comment in a line of its own':
    '{\n  // servers\n  "mcpServers": {\n    "x": {}\n    /* "old": {} */\n  }\n}\n',
  'a comment before a comma': '{\n  "mcpServers": {\n    "x": {} /* mine */,\n  }\n}\n',
  'a property on the line of its bracket': '{ "mcpServers": { "x": {\n    "command": "x"\n  }\n} }\n',
  'slashes in strings': '{\n  "mcpServers": {\n    "x": { "url": "https://x.example//a" }\n  }\n}\n',
  'a list without servers': '{\n  "theme": "dark",\n  "mcpServers": {}\n}\n',
  'minified, without servers': '{"theme":"dark","mcpServers":{}}',
};

/** Files in which the list itself is ours too: it stays behind, empty. */
const withoutList: Readonly<Record<string, string>> = {
  'an empty object': '{}',
  'an empty object over lines': '{\n}\n',
  'other settings': '{\n  "theme": "dark" // as always\n}\n',
  'comments alone in it': '{\n  // nothing yet\n}\n',
  'other settings, minified': '{"theme":"dark"}',
};

describe('an entry in JSON', () => {
  test.each(Object.entries(jsonFiles))('%s: is added, and removed again byte for byte', (_, before) => {
    const put = putEntry(before, json, value);
    expect(put.change).toBe('added');
    const expected = parseJson(before.replace('\uFEFF', ''));
    expected.mcpServers.todo = value;
    expect(parseJson(put.text.replace('\uFEFF', ''))).toEqual(expected);
    expect(putEntry(put.text, json, value)).toEqual({ text: put.text, change: 'none' });
    expect(removeEntry(put.text, json)).toEqual({ text: before, change: 'removed' });
  });

  test.each(Object.entries(withoutList))('%s: keeps everything that was there', (_, before) => {
    const { text } = putEntry(before, json, value);
    expect(parseJson(text)).toEqual({ ...parseJson(before), mcpServers: { todo: value } });
    for (const comment of before.match(/\/\/.*/g) ?? []) expect(text).toContain(comment);
    expect(parseJson(removeEntry(text, json).text)).toEqual({ ...parseJson(before), mcpServers: {} });
  });

  test.each(['', ' \n', '\uFEFF'])('an empty file (%j) becomes a whole one', (before) => {
    const { text } = putEntry(before, { ...json, preamble: { $schema: 'https://x.example' } }, value);
    expect(parseJson(text.replace('\uFEFF', ''))).toEqual({
      $schema: 'https://x.example',
      mcpServers: { todo: value },
    });
    expect(text.startsWith('\uFEFF')).toBe(before === '\uFEFF');
  });

  test('is indented like the rest of the file', () => {
    expect(putEntry(jsonFiles['a comment behind the last'] ?? '', json, { url: 'u' }).text).toBe(
      '{\n  "mcpServers": {\n    "x": {}, // mine\n    "todo": {\n      "url": "u"\n    }\n  }\n}\n',
    );
    expect(putEntry(jsonFiles.minified ?? '', json, { url: 'u' }).text).toBe(
      '{"mcpServers":{"x":{"url":"https://x.example/mcp"},"todo":{"url":"u"}},"other":1}',
    );
    expect(putEntry(jsonFiles.CRLF ?? '', json, { url: 'u' }).text).not.toMatch(/[^\r]\n/);
    expect(putEntry(jsonFiles.tabs ?? '', json, { url: 'u' }).text).toContain('\n\t\t"todo": {\n\t\t\t"url"');
  });

  test('changes what differs, and keeps the other keys of the entry', () => {
    const before =
      '{\n  "mcpServers": {\n    "todo": {\n      // mine\n      "url": "https://old.example/mcp", // here\n      "headers": { "X-A": "1" }\n    }\n  }\n}\n';
    const { text, change } = putEntry(before, json, value);
    expect(change).toBe('updated');
    expect(parseJson(text).mcpServers.todo).toEqual({ ...value, headers: { 'X-A': '1' } });
    expect(text).toContain('// mine');
    expect(text).toContain('"url": "http://localhost:3002/mcp", // here');
  });

  test('removes the key of another transport', () => {
    const before =
      '{\n  "mcpServers": {\n    "todo": {\n      "url": "http://localhost:3002/mcp"\n    }\n  }\n}\n';
    const { text } = putEntry(before, json, { httpUrl: 'http://localhost:3002/mcp' });
    expect(parseJson(text).mcpServers.todo).toEqual({ httpUrl: 'http://localhost:3002/mcp' });
  });

  test('the first and the middle entry can be removed', () => {
    const before = '{\n  "mcpServers": {\n    "todo": {}, // a\n    "x": {},\n    "y": {}\n  }\n}\n';
    expect(parseJson(removeEntry(before, json).text).mcpServers).toEqual({ x: {}, y: {} });
    expect(removeEntry(before, { ...json, name: 'x' }).text).toBe(
      '{\n  "mcpServers": {\n    "todo": {}, // a\n    "y": {}\n  }\n}\n',
    );
    expect(removeEntry(before, { ...json, name: 'none' })).toEqual({ text: before, change: 'none' });
  });

  test.each([
    ['a broken file', '{\n  "mcpServers": {\n    "x": {}\n    "y": {}\n  }\n}\n', json, 4, /comma expected/],
    ['cut off', '{\n  "mcpServers": {\n', json, 3, /close brace expected/],
    ['no object', '[]', json, 1, /no JSON object/],
    ['servers that are a list', '{\n  "mcpServers": []\n}', json, 2, /no object/],
    ['a comment where the client reads none', '{\n  // x\n  "mcpServers": {}\n}', strict, 2, /comment/],
    ['a comma where the client takes none', '{\n  "mcpServers": {},\n}', strict, 3, /expected/],
    ['a name twice', '{\n  "mcpServers": { "x": {} },\n  "mcpServers": {}\n}', json, 3, /twice/],
    ['an entry twice', '{\n  "mcpServers": { "todo": {},\n  "todo": {} }\n}', json, 3, /twice/],
  ] as const)('%s is refused, with its line', (_, text, place, line, message) => {
    const put = () => putEntry(text, place, value);
    expect(put).toThrow(NotUnderstood);
    expect(put).toThrow(message);
    try {
      put();
    } catch (error) {
      expect((error as NotUnderstood).line).toBe(line);
    }
  });
});

const tomlFiles: Readonly<Record<string, string>> = {
  'other settings': 'model = "gpt-5" # mine\n',
  'no line end': 'model = "gpt-5"',
  CRLF: 'model = "gpt-5"\r\n\r\n[mcp_servers.x]\r\nurl = "https://x.example"\r\n',
  'comments and tables':
    '# top\nmodel = "gpt-5"\n\n[mcp_servers.x] # x\nurl = "https://x.example"\n\n# profiles\n[profiles.a]\nmodel = "b"\n',
  'an array of tables': '[[skills.config]]\nenabled = true\n',
  'text that looks like a header': 'text = """\n[mcp_servers.todo]\n"""\n',
  'servers as an inline table of another': '[mcp_servers]\nx = { url = "https://x.example" }\n',
};

describe('an entry in TOML', () => {
  test.each(Object.entries(tomlFiles))('%s: is added, and removed again', (_, before) => {
    const put = putEntry(before, toml, tomlValue);
    const expected = parseToml(before) as { mcp_servers?: object };
    expect(parseToml(put.text)).toEqual({
      ...expected,
      mcp_servers: { ...expected.mcp_servers, todo: tomlValue },
    });
    expect(put.text.startsWith(before)).toBe(true);
    expect(putEntry(put.text, toml, tomlValue).change).toBe('none');
    const { text } = removeEntry(put.text, toml);
    expect(text.trimEnd()).toBe(before.trimEnd());
  });

  test('an empty file becomes a whole one', () => {
    expect(putEntry('', toml, tomlValue).text).toBe(
      '[mcp_servers.todo]\nurl = "http://localhost:3002/mcp"\nscopes = ["a", "b"]\n',
    );
  });

  test('changes what differs, and keeps comments, other keys and other tables', () => {
    const before =
      '[mcp_servers.todo]\n# mine\nurl = "https://old.example" # here\nstartup_timeout_sec = 5\n\n# next\n[mcp_servers.x]\nurl = "x"\n';
    expect(putEntry(before, toml, tomlValue).text).toBe(
      '[mcp_servers.todo]\n# mine\nurl = "http://localhost:3002/mcp" # here\nstartup_timeout_sec = 5\nscopes = ["a", "b"]\n\n# next\n[mcp_servers.x]\nurl = "x"\n',
    );
    const longer = '[mcp_servers.todo]\nurl = "x"\nscopes = [\n  "old", # why\n]\n[a]\n';
    expect(putEntry(longer, toml, tomlValue).text).toBe(
      '[mcp_servers.todo]\nurl = "http://localhost:3002/mcp"\nscopes = ["a", "b"]\n[a]\n',
    );
  });

  test('removes its tables, wherever they are', () => {
    const before =
      '[mcp_servers.todo]\nurl = "u"\n\n[mcp_servers."todo".tools.a]\nenabled = false\n\n# x\n[mcp_servers.x]\nurl = "x"\n';
    expect(removeEntry(before, toml).text).toBe('# x\n[mcp_servers.x]\nurl = "x"\n');
  });

  test.each([
    ['broken', 'a = \n', /./, 1],
    ['servers that are inline', 'mcp_servers = { x = { url = "x" } }\n', /safely/, undefined],
  ] as const)('%s is refused', (_, text, message, line) => {
    try {
      putEntry(text, toml, tomlValue);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(NotUnderstood);
      expect((error as NotUnderstood).message).toMatch(message);
      expect((error as NotUnderstood).line).toBe(line);
    }
  });

  test.each([
    'mcp_servers.todo.url = "x"\n',
    '[mcp_servers]\ntodo = { url = "x" }\n',
    '[mcp_servers.todo]\n"url" = "x"\n',
  ])('an unusual form (%j) is refused and stays as it is', (text) => {
    expect(() => putEntry(text, toml, tomlValue)).toThrow(NotUnderstood);
  });
});
