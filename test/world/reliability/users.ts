import { setTimeout as delay } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as PreviousClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as PreviousTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { allTodos } from '../../support/tool-calls.ts';

/** A call that went wrong, and when it was under way. */
export interface Failure {
  readonly user: string;
  readonly call: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly message: string;
}

interface Answer {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
  readonly content?: unknown;
}

interface Connection {
  callTool(name: string, args: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

interface Todo {
  readonly id: string;
  readonly title: string;
}

const information = { name: 'fault-run', version: '1.0.0' };

/** Connects one of the official clients. @param token asked before each request, as clients do whose tokens are renewed. */
async function connect(kind: number, endpoint: string, token: () => string): Promise<Connection> {
  const url = new URL(endpoint);
  if (kind % 3 === 0) {
    const client = new PreviousClient(information);
    const withToken: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${token()}`);
      return fetch(input, { ...init, headers });
    };
    const transport = new PreviousTransport(url, { fetch: withToken });
    // The transport declares an optional member as its interface does not under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<PreviousClient['connect']>[0]);
    return {
      callTool: (name, args) => client.callTool({ name, arguments: args }) as Promise<Answer>,
      close: () => client.close(),
    };
  }
  const mode = kind % 3 === 1 ? 'legacy' : 'auto';
  const client = new Client(information, { versionNegotiation: { mode } });
  await client.connect(
    new StreamableHTTPClientTransport(url, { authProvider: { token: async () => token() } }),
  );
  return {
    callTool: (name, args) => client.callTool({ name, arguments: args }),
    close: () => client.close(),
  };
}

/** A person with an official client, who keeps track of what was acknowledged, and notices what is wrong. */
class User {
  readonly id: string;
  readonly #connection: Connection;
  readonly #load: Load;
  /** The acknowledged todos, as they have to be. */
  readonly kept = new Map<string, string>();
  /** Titles and ids of changes that got no answer: both outcomes are right. */
  readonly uncertain = new Set<string>();
  /** Todos of others that were seen, which must not be. */
  readonly foreign: Todo[] = [];
  writes = 0;
  #count = 0;

  constructor(id: string, connection: Connection, load: Load) {
    this.id = id;
    this.#connection = connection;
    this.#load = load;
  }

  /** One call from a mixture that is the same for each user and run. */
  async act(): Promise<void> {
    this.#count += 1;
    const ids = [...this.kept.keys()];
    const some = ids[(this.#count * 7) % Math.max(ids.length, 1)] ?? '';
    const step = this.#count % 10;
    if (ids.length < 5 || step < 4) return this.#create();
    if (step < 6) return this.#list();
    if (step === 6) return this.#update(some);
    if (step === 7) return this.#delete(some);
    if (step === 8) return this.#get(some);
    return this.#getForeign();
  }

  async #create(): Promise<void> {
    const title = `${this.id} ${this.#count}`;
    const answer = await this.#call('create_todo', { title }, title);
    const { todo } = (answer ?? {}) as { todo?: Todo };
    if (!todo) return;
    this.writes += 1;
    this.kept.set(todo.id, todo.title);
  }

  async #update(id: string): Promise<void> {
    const title = `${this.id} ${this.#count} changed`;
    const answer = await this.#call('update_todo', { todo_id: id, title }, id);
    if (!answer) return;
    this.writes += 1;
    this.kept.set(id, title);
  }

  async #delete(id: string): Promise<void> {
    const answer = await this.#call('delete_todo', { todo_id: id }, id);
    if (answer || this.uncertain.has(id)) this.kept.delete(id);
    if (answer) this.writes += 1;
  }

  async #list(): Promise<void> {
    const answer = await this.#call('list_todos', { limit: 20 });
    for (const todo of ((answer ?? {}) as { todos?: Todo[] }).todos ?? []) this.look(todo);
  }

  async #get(id: string): Promise<void> {
    const answer = await this.#call('get_todo', { todo_id: id });
    const { todo } = (answer ?? {}) as { todo?: Todo };
    if (todo && todo.title !== this.kept.get(id) && !this.uncertain.has(id))
      this.#load.wrong.push(`${this.id} reads ${JSON.stringify(todo)}, not ${this.kept.get(id)}`);
  }

  /** Somebody else's todo must not be found, whatever else is going on. */
  async #getForeign(): Promise<void> {
    const id = this.#load.someOf(this.#count, this);
    const answer = await this.#call('get_todo', { todo_id: id }, undefined, true);
    const { todo } = (answer ?? {}) as { todo?: Todo };
    if (todo) this.foreign.push(todo);
  }

  look(todo: Todo): void {
    if (!todo.title.startsWith(`${this.id} `)) this.foreign.push(todo);
  }

  /**
   * @param changed what is uncertain if no answer comes.
   * @param mayFail whether the tool may say that something is not found.
   */
  async #call(name: string, args: Record<string, unknown>, changed?: string, mayFail = false) {
    const startedAt = performance.now();
    const failed = (message: string) => {
      if (changed !== undefined) this.uncertain.add(changed);
      this.#load.failures.push({
        user: this.id,
        call: name,
        startedAt,
        endedAt: performance.now(),
        message,
      });
      return undefined;
    };
    try {
      const answer = await this.#connection.callTool(name, args);
      this.#load.answered(startedAt);
      if (!answer.isError) return answer.structuredContent;
      const text = JSON.stringify(answer.content);
      // An update or a deletion without an answer may have been a deletion.
      const isKnown = mayFail || this.uncertain.has(String(args.todo_id));
      return isKnown && text.includes('not found') ? undefined : failed(text);
    } catch (error) {
      return failed((error as Error).message);
    }
  }

  /** @param there everything that the user has at the end. */
  compare(there: readonly Todo[]): Pick<Balance, 'missing' | 'unexpected'> {
    for (const todo of there) this.look(todo);
    const titles = new Map(there.map(({ id, title }) => [id, title]));
    const missing = [...this.kept].filter(
      ([id, title]) => titles.get(id) !== title && !this.uncertain.has(id),
    );
    const unknown = there.filter(({ id }) => !this.kept.has(id) && !this.uncertain.has(id));
    // A creation without an answer may have been done, once.
    const unexpected = unknown.filter(({ title }) => !this.uncertain.delete(title));
    const twice = titles.size === there.length ? [] : [`${this.id}: a todo twice`];
    return {
      missing: missing.map(([, title]) => title),
      unexpected: [...unexpected.map(({ title }) => title), ...twice],
    };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** What has become of the acknowledged todos. */
export interface Balance {
  readonly writes: number;
  readonly missing: readonly string[];
  readonly foreign: readonly string[];
  /** Todos that were neither acknowledged nor under way at a fault: creations that were done twice. */
  readonly unexpected: readonly string[];
}

/** In ms: between the calls of one user. */
const pace = 125;

/** Several users with official clients, each of whom calls a tool eight times a second. */
export class Load {
  readonly failures: Failure[] = [];
  /** Answers that were wrong. */
  readonly wrong: string[] = [];
  /** When each call was made, and how long its answer took, in ms. */
  readonly calls: Array<{ readonly startedAt: number; readonly milliseconds: number }> = [];
  #users: readonly User[] = [];
  #tokens: readonly string[] = [];
  #isOver = false;
  #running: Promise<unknown> = Promise.resolve();

  /** @param mint makes an access token for a user. */
  static async start(endpoint: string, users: number, mint: (subject: string) => Promise<string>) {
    const load = new Load();
    await load.renew(users, mint);
    load.#users = await Promise.all(
      Array.from({ length: users }, async (_, number) => {
        const connection = await connect(number, endpoint, () => load.#tokens[number] ?? '');
        return new User(subjectOf(number), connection, load);
      }),
    );
    load.#running = Promise.all(load.#users.map((user) => load.#keepCalling(user)));
    return load;
  }

  /** Gives every user a new token. */
  async renew(users: number, mint: (subject: string) => Promise<string>): Promise<void> {
    this.#tokens = await Promise.all(Array.from({ length: users }, (_, number) => mint(subjectOf(number))));
  }

  answered(startedAt: number): void {
    this.calls.push({ startedAt, milliseconds: performance.now() - startedAt });
  }

  /** @returns the id of somebody else's todo. */
  someOf(number: number, notOf: User): string {
    const others = this.#users.filter((user) => user !== notOf);
    const ids = [...(others[number % others.length]?.kept.keys() ?? [])];
    return ids[number % Math.max(ids.length, 1)] ?? 'none';
  }

  async #keepCalling(user: User): Promise<void> {
    let next = performance.now();
    while (!this.#isOver) {
      await user.act();
      next = Math.max(next + pace, performance.now());
      await delay(next - performance.now());
    }
  }

  /** Ends the load, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    await Promise.all(this.#users.map((user) => user.close()));
  }

  /** Compares what exists with what was acknowledged, after the end. @param tokenOf of a user, to list all that they have. */
  async balance(endpoint: string, tokenOf: (subject: string) => Promise<string>): Promise<Balance> {
    const parts = await Promise.all(
      this.#users.map(async (user) => user.compare(await allTodos(endpoint, await tokenOf(user.id)))),
    );
    return {
      writes: this.#users.reduce((sum, { writes }) => sum + writes, 0),
      missing: parts.flatMap(({ missing }) => missing),
      unexpected: parts.flatMap(({ unexpected }) => unexpected),
      foreign: this.#users.flatMap(({ id, foreign }) => foreign.map(({ title }) => `${id} saw ${title}`)),
    };
  }
}

const subjectOf = (number: number) => `usr_${2_000_000 + number}`;
