import { join } from 'node:path';
import { npmPackages } from '../../../support/packages.ts';
import type { CallOutcome, RealClient, Session } from '../client.ts';
import type { Conversation, Reply } from '../conversation.ts';
import type { Home } from '../world.ts';

const version = '0.169.0';

async function program(): Promise<string> {
  const directory = await npmPackages([`@openai/codex@${version}`]);
  return join(directory, 'node_modules/.bin/codex');
}

async function codex(home: Home, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run(await program(), args);
  if (code !== 0) throw new Error(`codex ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

function outcome({ result, error }: Reply): CallOutcome {
  const isError = (result as { isError?: boolean } | undefined)?.isError === true;
  return { ok: error === undefined && !isError, text: error?.message ?? JSON.stringify(result) };
}

/** The program that editors use to run Codex: it calls tools on request, without a model. */
async function appServer(home: Home): Promise<{ server: Conversation; threadId: string }> {
  const server = home.converse(await program(), ['app-server']);
  const clientInfo = { name: 'test', title: 'test', version: '1' };
  await server.ask('initialize', { clientInfo, capabilities: { experimentalApi: true } });
  server.tell('initialized');
  const { result } = await server.ask('thread/start');
  return { server, threadId: (result as { thread: { id: string } }).thread.id };
}

/** Codex with its present sign-in; a running app server does not notice a new one. */
class CodexSession implements Session {
  readonly #home: Home;
  #app: Awaited<ReturnType<typeof appServer>>;

  constructor(home: Home, app: Awaited<ReturnType<typeof appServer>>) {
    this.#home = home;
    this.#app = app;
  }

  async tools(): Promise<readonly string[]> {
    const { server, threadId } = this.#app;
    const { result } = await server.ask('mcpServerStatus/list', { threadId });
    const [todo] = (result as { data: ReadonlyArray<{ tools: object }> }).data;
    return Object.keys(todo?.tools ?? {});
  }

  async call(tool: string, args: Readonly<Record<string, unknown>> = {}): Promise<CallOutcome> {
    const { server, threadId } = this.#app;
    const call = { threadId, server: 'todo', tool, arguments: args };
    return outcome(await server.ask('mcpServer/tool/call', call));
  }

  async signInAgain(): Promise<void> {
    await codex(this.#home, ['mcp', 'login', 'todo']);
    await this.close();
    this.#app = await appServer(this.#home);
  }

  close(): Promise<void> {
    return this.#app.server.close();
  }
}

/** Codex, by its own commands and its app server. */
export const codexCli: RealClient = {
  name: 'Codex',
  version,
  namesScopes: '`codex mcp login todo --scopes …`',
  // `REFRESH_BUFFER_SECS` of rmcp, on which it is built.
  early: 30,
  async open(home, { endpoint, scopes }) {
    // Signs in at once if the server asks for it.
    await codex(home, ['mcp', 'add', 'todo', '--url', endpoint]);
    if (scopes !== undefined) await codex(home, ['mcp', 'login', 'todo', '--scopes', scopes.join(',')]);
    return new CodexSession(home, await appServer(home));
  },
};
