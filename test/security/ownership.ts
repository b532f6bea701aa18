import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Called, callTool } from './call.ts';
import type { Ground } from './server.ts';

let ground: Ground;

interface Todo {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly completed: boolean;
}

/** Subjects that careless code confuses with one another, or with names of its own. */
const subjects = [
  'usr_1',
  'usr_10',
  'USR_1',
  'usr_1 ',
  'usr_1#',
  'usr_\u00e9',
  'usr_e\u0301',
  '__proto__',
  'constructor',
  'toString',
  '0',
];

/** The todos that each subject must have. Kept as long as the server runs. */
const model = new Map(subjects.map((subject) => [subject, new Map<string, Todo>()]));

/** One action of a user; `owner` and `nth` say whose todo is its target. */
const move = fc.record({
  as: fc.constantFrom(...subjects),
  does: fc.constantFrom('create', 'get', 'update', 'complete', 'delete', 'list', 'list open'),
  owner: fc.constantFrom(...subjects),
  nth: fc.nat({ max: 3 }),
  title: fc.string({ minLength: 1, maxLength: 30 }),
  /** Both issuers of an environment speak of the same people. */
  issuer: fc.constantFrom(0, 1),
});
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

const call = (as: string, tool: string, args: Readonly<Record<string, unknown>> = {}, issuer = 1) => {
  const claims = { sub: as, iss: ground.target.issuers[issuer] };
  return callTool(ground.target.endpoint, ground.source.forge.token({ claims }), tool, args);
};

const of = (subject: string): Map<string, Todo> => model.get(subject) as Map<string, Todo>;

/** The target of an action: perhaps another user's todo, perhaps none. */
const aim = ({ owner, nth }: Move): string =>
  [...of(owner).keys()][nth] ?? '00000000-0000-4000-8000-000000000000';

function expectNotFound(answer: Called, id: string): void {
  expect(answer.status).toBe(200);
  expect(answer.isError).toBe(true);
  expect(answer.text).toContain(`Todo \`${id}\` not found.`);
}

async function change(step: Move, changes: Partial<Todo>): Promise<void> {
  const id = aim(step);
  const answer = await call(step.as, 'update_todo', { todo_id: id, ...changes }, step.issuer);
  const mine = of(step.as).get(id);
  if (!mine) return expectNotFound(answer, id);
  const changed = { ...mine, ...changes };
  expect(answer.result).toEqual({ todo: changed });
  of(step.as).set(id, changed);
}

const moves: Readonly<Record<Move['does'], (step: Move) => Promise<void>>> = {
  async create(step) {
    const { result } = await call(step.as, 'create_todo', { title: step.title }, step.issuer);
    const todo = result?.todo as Todo;
    expect(todo).toEqual({ id: todo.id, title: step.title, description: null, completed: false });
    // Users must not be able to count others' todos by the ids of their own.
    expect(todo.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    of(step.as).set(todo.id, todo);
  },
  async get(step) {
    const id = aim(step);
    const answer = await call(step.as, 'get_todo', { todo_id: id }, step.issuer);
    const mine = of(step.as).get(id);
    if (mine) expect(answer.result).toEqual({ todo: mine });
    else expectNotFound(answer, id);
  },
  update: (step) => change(step, { title: step.title }),
  complete: (step) => change(step, { completed: true }),
  async delete(step) {
    const id = aim(step);
    const answer = await call(step.as, 'delete_todo', { todo_id: id }, step.issuer);
    if (of(step.as).delete(id)) expect(answer.result).toEqual({ deleted: id });
    else expectNotFound(answer, id);
  },
  async list(step) {
    const { result } = await call(step.as, 'list_todos', {}, step.issuer);
    expect(result).toEqual({ todos: [...of(step.as).values()] });
  },
  async 'list open'(step) {
    const { result } = await call(step.as, 'list_todos', { completed: false }, step.issuer);
    expect(result).toEqual({ todos: [...of(step.as).values()].filter(({ completed }) => !completed) });
  },
};

async function everyoneHasTheirOwn(): Promise<void> {
  for (const subject of subjects) {
    const { result } = await call(subject, 'list_todos');
    expect(result, subject).toEqual({ todos: [...of(subject).values()] });
  }
}

async function writeMuch(subject: string): Promise<void> {
  for (let n = 0; n < 15; n += 1) {
    const step: Move = {
      as: subject,
      does: 'create',
      owner: subject,
      nth: 0,
      title: `${subject} ${n}`,
      issuer: n % 2 === 0 ? 0 : 1,
    };
    await moves.create(step);
    if (n % 3 === 0) await moves.list({ ...step, does: 'list' });
    if (n % 5 === 0) await moves.delete({ ...step, does: 'delete' });
  }
}

/**
 * Declares the tests that no user of a todo server can reach another user's todos, wherever these are kept.
 * @param prepare starts the server, whose store is empty.
 */
export function describeOwnership(title: string, prepare: () => Promise<Ground>): void {
  describe(title, () => {
    beforeAll(async () => {
      for (const todos of model.values()) todos.clear();
      ground = await prepare();
    });
    afterAll(() => ground?.close());

    test('can be read, listed and changed by their owner alone, whatever others try', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 40 }), async (steps) => {
          for (const step of steps) await moves[step.does](step);
          await everyoneHasTheirOwn();
        }),
        { numRuns: 25 },
      );
    });

    test('stay apart when everybody writes at the same time', async () => {
      await Promise.all(subjects.map(writeMuch));
      await everyoneHasTheirOwn();
    });

    test('of a subject are out of reach for the same subject in another environment', async () => {
      const { endpoint, issuers, resourceId } = ground.target;
      const { forge } = ground.source;
      await moves.create({ as: 'usr_1', does: 'create', owner: 'usr_1', nth: 0, title: 'mine', issuer: 0 });
      const elsewhere = [
        forge.token({ claims: { sub: 'usr_1', iss: 'https://other.scalekit.dev' } }),
        forge.token({ claims: { sub: 'usr_1', iss: `https://other.scalekit.dev/resources/${resourceId}` } }),
        forge.token({ claims: { sub: 'usr_1', iss: `${issuers[0]}/resources/res_9` } }),
        forge.forged({ claims: { sub: 'usr_1' } }),
      ];
      for (const token of elsewhere) {
        const answer = await callTool(endpoint, token, 'list_todos');
        expect(answer.status).toBe(401);
        expect(answer.text).not.toContain('mine');
      }
      await everyoneHasTheirOwn();
    });

    test('are not found through an owner who is named in an argument', async () => {
      const before = [...of('usr_1').keys()];
      const other = { owner: 'usr_1', sub: 'usr_1', user: 'usr_1', user_id: 'usr_1', ownerId: 'usr_1' };
      const { text } = await call('usr_nobody', 'list_todos', other);
      for (const id of before) expect(text).not.toContain(id);
      await call('usr_nobody', 'create_todo', { title: 'intruder', ...other });
      await everyoneHasTheirOwn();
    });
  });
}
