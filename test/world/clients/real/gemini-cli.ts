import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keys, type Terminal } from '../../../program/terminal.ts';
import { npmPackages } from '../../../support/packages.ts';
import type { RealClient } from '../client.ts';
import type { Home } from '../world.ts';

const version = '0.61.0';
const modelPort = 5002;

/** If no model is named, Gemini CLI asks another model to choose one. */
const always = ['--skip-trust', '--model', 'gemini-2.5-flash'];

async function program(): Promise<string> {
  const directory = await npmPackages([`@google/gemini-cli@${version}`]);
  return join(directory, 'node_modules/@google/gemini-cli/bundle/gemini.js');
}

/** Text typed while it is still starting becomes a prompt for the model: then a person presses Escape and types again. */
async function type(terminal: Terminal, command: string, expected: string): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    terminal.type(command);
    await terminal.see(`> ${command}`, 60_000);
    // It treats fast input as a paste, in which Enter is a new line.
    await delay(1_000);
    terminal.type(keys.enter);
    try {
      return await terminal.see(expected, 15_000);
    } catch {
      terminal.type(keys.escape);
      // A key that followed at once would be read as Alt plus that key.
      await delay(1_000);
      terminal.type(keys.clear);
    }
  }
  throw new Error(`${command} did not lead to "${expected}":\n${terminal.screen()}`);
}

/** Presses Ctrl-C until it ends, because it would outlive its terminal. */
async function leave(terminal: Terminal): Promise<void> {
  let hasEnded = false;
  const ended = terminal.exit().then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    terminal.type(keys.ctrlC);
    await Promise.race([ended, delay(300)]);
  }
}

/** `/mcp auth`, in a terminal: there is no command for it. */
async function authenticate(home: Home): Promise<void> {
  const terminal = home.terminal(process.execPath, [await program(), ...always]);
  try {
    await terminal.see('Type your message', 120_000);
    await type(terminal, '/mcp auth todo', 'Do you want to continue?');
    terminal.type(keys.enter);
    await terminal.see('Successfully authenticated and reloaded tools', 120_000);
    await leave(terminal);
  } finally {
    terminal.close();
  }
}

/** Settings of a person who has chosen a model already. */
async function settle(home: Home, endpoint: string, scopes: readonly string[] | undefined): Promise<void> {
  Object.assign(home.env, {
    GEMINI_API_KEY: 'none',
    GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${modelPort}`,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  });
  // As connect writes it (src/project/clients/gemini.ts).
  const server = { httpUrl: endpoint, ...(scopes && { oauth: { scopes } }) };
  const settings = { security: { auth: { selectedType: 'gemini-api-key' } }, mcpServers: { todo: server } };
  await mkdir(join(home.directory, '.gemini'), { recursive: true });
  await writeFile(join(home.directory, '.gemini', 'settings.json'), JSON.stringify(settings));
}

async function ask(home: Home, prompt: string): Promise<string> {
  const { stdout, stderr } = await home.run(process.execPath, [
    await program(),
    ...always,
    '--approval-mode',
    'yolo',
    '-p',
    prompt,
  ]);
  return stdout + stderr;
}

/** Gemini CLI, by its own commands; a stand-in for the model calls what it is told to call. */
export const geminiCli: RealClient = {
  name: 'Gemini CLI',
  version,
  namesScopes: '`oauth.scopes` of the server’s entry, a list',
  // `isTokenExpired` of its token storage.
  early: 300,
  tokens: 3,
  async open(home, { endpoint, scopes }) {
    const model = home.start(process.execPath, [home.helper('model.js'), String(modelPort)]);
    await model.says(/ready/);
    await settle(home, endpoint, scopes);
    await authenticate(home);
    return {
      async tools() {
        const said = await ask(home, 'LIST');
        return [...said.matchAll(/mcp_todo_(\w+)/g)].map(([, name = '']) => name);
      },
      async call(tool, args = {}) {
        const text = await ask(home, `CALL ${tool} ${JSON.stringify(args)}`);
        return { ok: /RESULT .*\{\\+"todos?\\+":/.test(text), text };
      },
      signInAgain: () => authenticate(home),
      close: () => model.kill(),
    };
  },
};
