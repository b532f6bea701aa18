import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EnvRules, variablesIn } from '../../src/project/env-text.ts';
import { lacks } from '../support/needs.ts';
import { mustRun, nodeBinary, pythonNeeds, pythonPackages } from '../support/packages.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { nodesFaults } from './node-faults.ts';

/**
 * Our reading of `.env` beside that of the programs themselves, for texts as they come from editors, web pages and shells.
 */

const name = fc.constantFrom(
  ...[
    'PORT',
    'MCP_URL',
    'B_2',
    'my-key',
    'export C',
    'export\tC',
    'export  C',
    'export',
    'set D',
    'E F',
    '"G"',
  ],
  ...["'H'", 'I:', '\u00a0J', 'K\u00a0', 'L\u200b', '\ufeffM', '\tN', 'O\t', '#P', 'Q#R', '- S', '$env:T'],
);
const mark = fc.constantFrom('=', '=', '=', ' = ', '\t=\t', '= ', '==', ': ', '', ' ');
const value = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'ab1/:.#"\'`=\\n{}$ \t\u00a0\u200b\u2028\u3000\u000b'),
    maxLength: 9,
  }),
  fc.constantFrom(
    '"a\nB_2=1\n"',
    "'a\r\nb'",
    '`a\nb`',
    '"open',
    "'open",
    '`open',
    '"x" y',
    '"x"\u00a0',
    'x\r',
  ),
);
const line = fc.oneof(
  fc.tuple(name, mark, value).map((parts) => parts.join('')),
  fc.constantFrom(
    '',
    ' ',
    '\u00a0',
    '\t',
    '#',
    '# A=1',
    ' # don’t',
    "# it's",
    'junk',
    '```env',
    '=x',
    'export Z',
  ),
);
const end = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n', '');
const texts = fc.sample(
  fc.array(fc.tuple(line, end), { maxLength: 5 }).map((lines) => lines.flat().join('')),
  { numRuns: 4000, seed: 20_261_129 },
);

async function readBy(
  program: string,
  source: string,
): Promise<ReadonlyArray<Record<string, string> | null>> {
  const directory = await temporaryDirectory();
  const [input, output, script] = ['texts.json', 'read.json', 'script'].map((each) => join(directory, each));
  await writeFile(input ?? '', JSON.stringify(texts));
  await writeFile(script ?? '', source);
  await mustRun(program, [script ?? '', input ?? '', output ?? ''], directory);
  return JSON.parse(await readFile(output ?? '', 'utf8'));
}

function expectTheSame(
  rules: EnvRules,
  said: ReadonlyArray<Record<string, string> | null>,
  leaveOut = /^\ufeff/,
) {
  const compared = texts.flatMap((text, index) =>
    leaveOut.test(text) || said[index] === null ? [] : [{ text, said: said[index] }],
  );
  expect(compared.length).toBeGreaterThan(1000);
  for (const each of compared) expect({ ...each, said: variablesIn(each.text, rules) }).toEqual(each);
}

const nodeScript = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const { parseEnv } = require('node:util');
  const [, , input, output] = process.argv;
  writeFileSync(output, JSON.stringify(JSON.parse(readFileSync(input, 'utf8')).map((text) => parseEnv(text))));
`;

describe('Node.js', () => {
  test.each([22, 24])('%i reads a text as we do', async (major) => {
    expectTheSame('node', await readBy(await nodeBinary(major), nodeScript), nodesFaults);
  });
});

const pythonScript = `
import io, json, logging, sys
from dotenv import dotenv_values
logging.disable(logging.CRITICAL)
read = lambda text: dotenv_values(stream=io.StringIO(text, newline=None))
# A name alone takes back what an earlier line sets, which nobody means: not compared.
said = [None if None in values.values() else values for values in map(read, json.load(open(sys.argv[1])))]
json.dump(said, open(sys.argv[2], "w"))
`;

describe.skipIf(lacks('python-dotenv', pythonNeeds))('python-dotenv', () => {
  test('reads a text as we do', async () => {
    const python = await pythonPackages(['python-dotenv==1.2.4']);
    expectTheSame('python', await readBy(python, pythonScript));
  });
});
