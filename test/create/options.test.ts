import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { answersJsonSchema, parseAnswers } from '../../src/create/answers-file.ts';
import { parseArguments } from '../../src/create/arguments.ts';
import { createHelp } from '../../src/create/help.ts';
import { flagOf, optionNames, optionOf } from '../../src/create/options.ts';
import { UsageError } from '../../src/terminal/errors.ts';

/** The contract: names that tests outside this repository rely on. */
const contract = [
  '--name',
  '--template',
  '--language',
  '--port',
  '--environment-url',
  '--client-id',
  '--resource-id',
  '--metadata',
  '--register',
  '--emulator',
  '--mcp-url',
  '--scopes',
  '--store',
  '--with',
  '--deploy',
  '--package-manager',
  '--install',
  '--git',
  '--check',
  '--answers',
  '--print-schema',
  '--yes',
  '--dry-run',
  '--json',
  '--overwrite',
];

describe('the table of options', () => {
  test('has the options of the contract, and no others', () => {
    expect(optionNames.map(flagOf).sort()).toEqual([...contract, '[directory]'].sort());
  });

  test.each(optionNames.filter((name) => name !== 'directory'))('%s is in the help', (name) => {
    const flag = optionOf(name).negatable ? `--[no-]${name}` : flagOf(name);
    expect(createHelp('create-scalekit-mcp')).toContain(`${flag} `);
  });

  test.each(optionNames.filter((name) => name !== 'directory'))('%s is a flag', (name) => {
    const value = optionOf(name).value === undefined ? [] : ['x'];
    expect(parseArguments([flagOf(name), ...value]).raw[name]).toBe(value[0] ?? true);
  });

  test.each(optionNames.filter((name) => optionOf(name).question))(
    'the question for %s fits a narrow terminal',
    (name) => {
      // 80 columns, less the mark before it: the prompt library lets longer text run over its frame.
      expect(optionOf(name).question?.length).toBeLessThanOrEqual(77);
    },
  );

  test.each(['install', 'git', 'check'] as const)('--no-%s switches it off', (name) => {
    expect(parseArguments([`--no-${name}`]).raw).toEqual({ [name]: false });
    expect(parseArguments([`--${name}`]).raw).toEqual({ [name]: true });
    expect(parseArguments([]).raw).toEqual({});
  });

  test('the schema of --answers has every answer, and no mode', () => {
    const { properties } = answersJsonSchema() as { properties: Record<string, unknown> };
    const answers = optionNames.filter((name) => optionOf(name).mode !== true);
    expect(Object.keys(properties)).toEqual(answers);
    expect(answers).not.toContain('yes');
  });

  test('the help fits a terminal of 130 columns, and says how to use it without one', () => {
    const help = createHelp('create-scalekit-mcp');
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
    expect(help).toContain('Non-interactive usage:');
    expect(help).toContain('Examples:');
    expect(help).toContain('-- --port 4000');
  });
});

describe('the command line', () => {
  test('an unknown option is refused with the valid ones', () => {
    const parse = () => parseArguments(['--prot', '3']);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/unknown option '--prot'.*--port.*\n {2}valid: .*--environment-url/);
  });

  test('a second directory is refused', () => {
    expect(() => parseArguments(['one', 'two'])).toThrow(/too many arguments/);
  });

  test('an option without its value is refused', () => {
    expect(() => parseArguments(['--port'])).toThrow(/argument missing/);
  });

  test('an option may be written with =, and after --', () => {
    expect(parseArguments(['--port=5', 'x']).raw).toEqual({ port: '5', directory: 'x' });
    expect(parseArguments(['--', 'x']).raw).toEqual({ directory: 'x' });
    expect(parseArguments(['--', '--yes']).raw).toEqual({ directory: '--yes' });
  });

  test('a value may begin with a dash, and the last one counts', () => {
    expect(parseArguments(['--name', '-x-', '--name', '--yes']).raw).toEqual({ name: '--yes' });
    expect(parseArguments(['--git', '--no-git', 'x']).raw).toEqual({ git: false, directory: 'x' });
  });

  test('a short option does the same, also combined with another', () => {
    expect(parseArguments(['-yh', '-v'])).toEqual({ raw: { yes: true }, help: true, version: true });
  });

  test('a switch takes no value, and names of object members are not options', () => {
    expect(() => parseArguments(['--yes=no'])).toThrow(/unknown option '--yes=no'/);
    expect(() => parseArguments(['--constructor'])).toThrow(/unknown option '--constructor'/);
    expect(() => parseArguments(['--no-port'])).toThrow(/unknown option '--no-port'/);
  });

  test('an empty directory counts as given', () => {
    expect(parseArguments(['']).raw).toEqual({ directory: '' });
  });
});

describe('--answers', () => {
  const parse = (text: string) => parseAnswers(text, 'answers.json');

  test('takes every answer in its JSON form', () => {
    const answers = {
      directory: 'x',
      port: 5,
      scopes: ['a:read'],
      install: false,
      metadata: { resource: 'http://localhost/' },
    };
    expect(parse(JSON.stringify(answers))).toEqual(answers);
  });

  test('what is not JSON is refused, naming the file', () => {
    expect(() => parse('{port: 1}')).toThrow(/answers\.json is not JSON: /);
  });

  test.each(['[]', '"x"', 'null', '3'])('%s is refused', (text) => {
    expect(() => parse(text)).toThrow(/does not contain valid answers/);
  });

  test('an unknown key is refused, with the one that was probably meant', () => {
    expect(() => parse('{"environment-url":"x"}')).toThrow(/environment-url \(write environmentUrl\)/);
    expect(() => parse('{"nonsense":1}')).toThrow(/unknown: nonsense\. Known: directory, name, /);
  });

  test('modes of the program are not answers', () => {
    expect(() => parse('{"yes":true}')).toThrow(/yes \(give it as the flag --yes\)/);
  });

  test('a value of another type is refused, naming the key', () => {
    expect(() => parse('{"port":"3002"}')).toThrow(
      'port: expected a whole number from 1 to 65535, not "3002"',
    );
    expect(() => parse('{"template":"nope"}')).toThrow('template: expected one of todo, blank, not "nope"');
  });

  test('the schema accepts what we accept', () => {
    const takes = new Ajv2020({ strict: true }).compile(answersJsonSchema());
    const names = optionNames.flatMap((name) =>
      (optionOf(name).choices ?? []).map(({ value }) => String(value)),
    );
    const values = [...names, '', 'x', 0, 1, 1.5, 65_535, 65_536, -1, true, false, null, {}, { x: 1 }, []];
    const lists = values.flatMap((value) => [value, [value], [value, 'x'], ['docker', value]]);
    const weTake = (document: unknown) => {
      try {
        parse(JSON.stringify(document));
        return true;
      } catch {
        return false;
      }
    };
    const documents = [...optionNames, 'nonsense'].flatMap((name) =>
      lists.map((value) => ({ [name]: value })),
    );
    const differing = documents.filter((document) => takes(document) !== weTake(document));
    expect(differing).toEqual([]);
    expect(documents.filter(weTake).length).toBeGreaterThan(100);
  });
});
