import { join } from 'node:path';
import { npmPackages } from '../../../support/packages.ts';
import type { OpenOptions, RealClient, Session } from '../client.ts';
import type { Home } from '../world.ts';

const version = '2.1.331';
const modelPort = 5001;

async function program(): Promise<string> {
  const directory = await npmPackages([`@anthropic-ai/claude-code@${version}`]);
  return join(directory, 'node_modules/.bin/claude');
}

/** `claude mcp login`, in a terminal, because it asks for one. */
async function login(home: Home): Promise<void> {
  const terminal = home.terminal(await program(), ['mcp', 'login', 'todo']);
  try {
    await terminal.see('Authenticated with "todo"', 120_000);
    await terminal.exit();
  } finally {
    terminal.close();
  }
}

/** A stand-in for the model that calls what it is told to call; the rest of the program is as installed. */
async function ask(home: Home, prompt: string): Promise<string> {
  const { stdout, stderr } = await home.run(await program(), ['-p', prompt, '--allowedTools', 'mcp__todo']);
  return stdout + stderr;
}

function session(home: Home, close: () => Promise<void>): Session {
  return {
    async tools() {
      const said = await ask(home, 'LIST');
      return [...said.matchAll(/mcp__todo__(\w+)/g)].map(([, name = '']) => name);
    },
    async call(tool, args = {}) {
      const text = await ask(home, `CALL ${tool} ${JSON.stringify(args)}`);
      return { ok: /^RESULT "\{\\"todos?\\":/.test(text), text };
    },
    signInAgain: () => login(home),
    close,
  };
}

/** Claude Code, by its own commands. */
export const claudeCode: RealClient = {
  name: 'Claude Code',
  version,
  namesScopes: '`oauth.scopes` of the server’s entry, one string',
  // With less, it renews before every request.
  renews: 300,
  async open(home, options) {
    const model = home.start(process.execPath, [home.helper('model.js'), String(modelPort)]);
    await model.says(/ready/);
    Object.assign(home.env, {
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${modelPort}`,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // The tools are listed in the first request, where the model looks for them.
      ENABLE_TOOL_SEARCH: 'false',
      MCP_CONNECTION_NONBLOCKING: 'false',
    });
    await configure(home, options);
    await login(home);
    return session(home, () => model.kill());
  },
};

async function configure(home: Home, { endpoint, scopes }: OpenOptions): Promise<void> {
  if (scopes === undefined) {
    await home.run(await program(), ['mcp', 'add', '--transport', 'http', 'todo', endpoint]);
    return;
  }
  const server = { type: 'http', url: endpoint, oauth: { scopes: scopes.join(' ') } };
  await home.run(await program(), ['mcp', 'add-json', 'todo', JSON.stringify(server)]);
}
