import { describe, expect, test } from 'vitest';
import type { Ground } from '../../security/server.ts';
import { ask, callTool, eras } from './requests.ts';

interface Todo {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly completed: boolean;
}

/** The members of a listed tool that are tested. */
interface ListedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly annotations?: object;
  readonly inputSchema?: object;
  readonly outputSchema?: object;
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** The five tools: their names, arguments, results, and whose todos they see. */
export function describeTools(ground: () => Ground): void {
  const newToken = (subject: string) => ground().emulator.mint({ subject });
  const result = async (token: string, name: string, args: object, era = eras[2]) => {
    const answer = await callTool(ground(), token, name, { ...args }, era);
    expect(answer.status, answer.text).toBe(200);
    return answer.json.result;
  };
  const ok = async <T>(token: string, name: string, args: object = {}, era = eras[2]) => {
    const { isError, structuredContent, content } = await result(token, name, args, era);
    expect(isError ?? false, JSON.stringify(content)).toBe(false);
    // Clients without structured content read the same from the text.
    expect(JSON.parse(content[0]?.text ?? '')).toEqual(structuredContent);
    return structuredContent as T;
  };

  describe.each(eras)('tools, $version', (era) => {
    test('are listed with everything that directories require', async () => {
      const answer = await ask(ground(), era, 'tools/list', {}, await newToken('usr_list'));
      expect(answer.status, answer.text).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      const tools: ReadonlyArray<ListedTool> = answer.json.result.tools;
      expect(tools.map(({ name }) => name).sort()).toEqual([
        'create_todo',
        'delete_todo',
        'get_todo',
        'list_todos',
        'update_todo',
      ]);
      for (const tool of tools) {
        expect(tool.title ?? '').not.toBe('');
        expect(tool.description ?? '').not.toBe('');
        expect(tool.annotations).toMatchObject({
          readOnlyHint: expect.any(Boolean),
          destructiveHint: expect.any(Boolean),
          openWorldHint: expect.any(Boolean),
        });
        expect(tool.inputSchema).toMatchObject({ type: 'object' });
        expect(tool.outputSchema).toMatchObject({ type: 'object' });
        // A list of types brings a warning in the Inspector, and breaks clients with older validators.
        expect(JSON.stringify(tool)).not.toMatch(/"type":\[/);
      }
    });

    test('create, list, get, update and delete', async () => {
      const token = await newToken(`usr_walk_${era.version}`);
      const { todo } = await ok<{ todo: Todo }>(token, 'create_todo', { title: 'Milk 🥛' }, era);
      expect(todo).toEqual({
        id: expect.stringMatching(uuid),
        title: 'Milk 🥛',
        description: null,
        completed: false,
      });
      expect(await ok(token, 'list_todos', {}, era)).toEqual({ todos: [todo] });
      expect(await ok(token, 'get_todo', { todo_id: todo.id }, era)).toEqual({ todo });
      const changes = { description: 'Two litres', completed: true };
      const changed = { ...todo, ...changes };
      expect(await ok(token, 'update_todo', { todo_id: todo.id, ...changes }, era)).toEqual({
        todo: changed,
      });
      expect(await ok(token, 'list_todos', { completed: false }, era)).toEqual({ todos: [] });
      expect(await ok(token, 'list_todos', { completed: true }, era)).toEqual({ todos: [changed] });
      expect(await ok(token, 'delete_todo', { todo_id: todo.id }, era)).toEqual({ deleted: todo.id });
      expect(await ok(token, 'list_todos', {}, era)).toEqual({ todos: [] });
    });

    test.each(['get_todo', 'update_todo', 'delete_todo'])(
      '%s says which todo it has not found',
      async (name) => {
        const { isError, content } = await result(
          await newToken('usr_none'),
          name,
          { todo_id: 'nothing' },
          era,
        );
        expect(isError).toBe(true);
        expect(JSON.parse(content[0]?.text ?? '')).toEqual({ error: 'Todo `nothing` not found.' });
      },
    );
  });

  test('a null value counts as left out', async () => {
    const token = await newToken('usr_null');
    const { todo } = await ok<{ todo: Todo }>(token, 'create_todo', { title: 'a', description: null });
    await ok(token, 'list_todos', { completed: null, limit: null, cursor: null });
    const nothing = { title: null, description: null, completed: null };
    expect(await ok(token, 'update_todo', { todo_id: todo.id, ...nothing })).toEqual({ todo });
  });

  test.each([
    ['create_todo', {}],
    ['create_todo', { title: '' }],
    ['create_todo', { title: 'x'.repeat(201) }],
    ['create_todo', { title: 1 }],
    ['create_todo', { title: 'a', description: 'x'.repeat(2001) }],
    ['list_todos', { completed: 'yes' }],
    ['list_todos', { limit: 0 }],
    ['list_todos', { limit: 1001 }],
    ['list_todos', { limit: 1.5 }],
    ['get_todo', {}],
    ['update_todo', { todo_id: 'x', completed: 1 }],
  ])('%s refuses %j, and names the argument', async (name, args) => {
    const { isError, content } = await result(await newToken('usr_wrong'), name, args);
    expect(isError).toBe(true);
    expect(content[0]?.text).toMatch(/title|description|completed|limit|todo_id/);
  });

  test('nobody sees, changes or deletes another person’s todos', async () => {
    const [owner, other] = await Promise.all([newToken('usr_owner'), newToken('usr_other')]);
    const { todo } = await ok<{ todo: Todo }>(owner, 'create_todo', { title: 'mine' });
    expect(await ok(other, 'list_todos')).toEqual({ todos: [] });
    for (const name of ['get_todo', 'update_todo', 'delete_todo']) {
      const { isError, content } = await result(other, name, { todo_id: todo.id });
      expect(isError, name).toBe(true);
      expect(content[0]?.text).toContain(`Todo \`${todo.id}\` not found.`);
    }
    expect(await ok(owner, 'list_todos')).toEqual({ todos: [todo] });
  });

  test('pages list every todo once, oldest first', async () => {
    const token = await newToken('usr_pages');
    const titles = Array.from({ length: 25 }, (_, index) => `todo ${index}`);
    for (const title of titles) await ok(token, 'create_todo', { title });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ok<{ todos: Todo[]; next_cursor?: string }>(token, 'list_todos', {
        limit: 10,
        ...(cursor !== undefined && { cursor }),
      });
      expect(page.todos.length).toBeLessThanOrEqual(10);
      seen.push(...page.todos.map(({ title }) => title));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(titles);
    const { isError } = await result(token, 'list_todos', { cursor: 'garbage' });
    expect(isError).toBe(true);
  });
}
