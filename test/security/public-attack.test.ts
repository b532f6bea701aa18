// The whole list of attacks, against a server that has a public tool besides its protected ones.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type Started, start, tool } from '../server/support.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { allCases } from './attack/cases/index.ts';
import { attack, complaintsOf, type Outcome } from './attack/run.ts';
import { keySource, readKey } from './attack/sources.ts';
import { describeTarget } from './attack/target.ts';

const about = (name: string) => ({
  name,
  title: name,
  description: name,
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false } as const,
});
const titles: string[] = [];
const tools = [
  tool({ ...about('greet'), public: true, input: z.object({}), run: () => 'hello' }),
  tool({
    ...about('list_todos'),
    scopes: ['todo:read'],
    input: z.object({}),
    output: z.object({ todos: z.array(z.object({ title: z.string() })) }),
    run: () => ({ todos: titles.map((title) => ({ title })) }),
  }),
  tool({
    ...about('create_todo'),
    scopes: ['todo:write'],
    input: z.object({ title: z.string() }),
    output: z.object({ todo: z.object({ title: z.string() }) }),
    run: ({ title }) => {
      titles.push(title);
      return { todo: { title } };
    },
  }),
];

let keyDirectory: string;
let server: Started;
let outcomes: readonly Outcome[];
beforeAll(async () => {
  keyDirectory = await makeDirectory();
  server = await start({ tools, keyDirectory });
  const target = await describeTarget(server.endpoint, server.scalekit.url);
  const source = await keySource(target, await readKey(join(keyDirectory, 'signing-key.json')));
  outcomes = await attack(target, source, { slow: false, cases: allCases });
});
afterAll(async () => {
  await server.stop();
  await removeDirectory(keyDirectory);
});

/** Without a token a body has to be read here, and one that is not a message is refused as such: 400, 413 or 415 instead of 401. */
const readFirst = /^(?:body|size)\/.*-no-token$|^header\/in-a-form-body$|^method\/post-space$/;

test('every attack gets the answer of a server without public tools', () => {
  const others = outcomes.filter((outcome) => !readFirst.test(outcome.case.id));
  expect(complaintsOf(others)).toEqual([]);
  expect(others.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
  expect(others.length).toBeGreaterThan(400);
});

test('a body that is not a message is refused without a token, too', () => {
  const read = outcomes.filter((outcome) => readFirst.test(outcome.case.id));
  expect(read.length).toBeGreaterThan(10);
  for (const { case: attacked, exchange, complaints } of read) {
    expect([400, 401, 413, 415], attacked.id).toContain(exchange?.answers.at(-1)?.status);
    // The rest of the answer still has to be right.
    expect(complaints.filter((complaint) => !/^answered 4\d\d, expected/.test(complaint))).toEqual([]);
  }
});
