import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { KeptTokens } from '../../src/develop/token/kept.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { endpoints } from '../../src/scalekit/index.ts';
import { defineScopes, type Tool } from '../../src/server/index.ts';
import { freeMcpUrl, startServer, type TestServer } from '../../src/server/testing/index.ts';
import { type SignedIn, signIn } from '../../src/sign-in/sign-in.ts';
import type { Context } from '../../src/terminal/context.ts';
import { writtenTo } from '../program/test-context.ts';
import { consent } from '../support/browser.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

const { scopes, tool } = defineScopes({ 'a:read': 'Read', 'a:write': 'Write' }, { base: ['a:read'] });

const tools = [
  tool({
    name: 'greet',
    title: 'Greet',
    description: 'Greets somebody.',
    scopes: ['a:write'],
    input: z.object({ name: z.string() }),
    output: z.object({ greeting: z.string() }),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    run: ({ name }) => ({ greeting: `Hello ${name}` }),
  }),
  tool({
    name: 'look',
    title: 'Look',
    description: 'Looks.',
    scopes: ['a:read'],
    input: z.object({}),
    output: z.object({ seen: z.string() }),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    run: () => ({ seen: 'a thing' }),
  }),
];

/** A public tool, for servers that should have one. */
export const publicTool = tool({
  name: 'hello',
  title: 'Hello',
  description: 'Says hello.',
  public: true,
  input: z.object({}),
  output: z.object({ user: z.string() }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  run: (_args, { user }) => ({ user: user?.subject ?? 'nobody' }),
});

/** The environment in `.env`. It is never called, since the server says where its authorization server is. */
const environmentUrl = 'https://acme.scalekit.dev';
const resourceId = 'res_42';

/** A project whose Scalekit looks real to its tools: a strict local one stands in for it. */
export class Foreign {
  readonly directory: string;
  readonly server: TestServer<Emulator>;
  /** What was asked of the authorization server, e.g. `POST /resources/res_42/oauth/token`. */
  readonly requests: readonly string[];

  private constructor(directory: string, server: TestServer<Emulator>, requests: readonly string[]) {
    this.directory = directory;
    this.server = server;
    this.requests = requests;
  }

  /** Starts it, for one test. @param more tools that the server has. */
  static async start(options: EmulatorOptions = {}, more: readonly Tool[] = []): Promise<Foreign> {
    const directory = await makeDirectory('foreign');
    const mcpUrl = await freeMcpUrl();
    const requests: string[] = [];
    const scalekit = await startEmulator({
      strict: true,
      mcpUrl,
      scopes: scopes.names,
      onRequest: ({ method, path }) => void requests.push(`${method} ${path}`),
      ...options,
    });
    const server = await startServer({ scalekit, scopes, tools: [...tools, ...more], clockTolerance: 0 });
    const lines = [
      `SCALEKIT_ENVIRONMENT_URL=${environmentUrl}`,
      `SCALEKIT_RESOURCE_ID=${resourceId}`,
      `MCP_URL=${mcpUrl}`,
      '',
    ];
    await writeFile(join(directory, '.env'), lines.join('\n'));
    onTestFinished(async () => {
      await server.stop();
      await removeDirectory(directory);
    });
    return new Foreign(directory, server, requests);
  }

  get state(): string {
    return join(this.directory, '.state');
  }

  get environment() {
    return { HOME: this.directory, XDG_STATE_HOME: this.state, LOCALAPPDATA: this.state };
  }

  /** How often tokens were asked for. */
  tokenRequests(): number {
    return this.requests.filter((line) => line.startsWith('POST ') && line.endsWith('/token')).length;
  }

  kept(): KeptTokens {
    const { issuer } = endpoints(environmentUrl, resourceId);
    return new KeptTokens(this.environment, this.server.endpoint, issuer, new AbortController().signal);
  }

  /** Signs a person in, as a browser does, and keeps the tokens as `token` does. */
  async signIn(asked: readonly string[] | null = null): Promise<SignedIn> {
    const signedIn = await signIn({
      server: new URL(this.server.endpoint),
      scopes: (found) => asked ?? found.scopes,
      clientName: 'test',
      stayConnected: true,
      visit: async ({ url, redirectUrl, answered }) => {
        await fetch(`${redirectUrl}?${await consent(url)}`);
        return answered;
      },
      signal: new AbortController().signal,
    });
    await this.kept().keep({ ...signedIn, asked, holder: { user: null, client: null, machine: false } });
    return signedIn;
  }

  /** Removes the project, and leaves a folder without one. */
  async leave(): Promise<void> {
    await rm(join(this.directory, '.env'));
  }

  /** Runs `scalekit-mcp` in the project, without a terminal. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const { signal } = new AbortController();
    const context: Context = {
      env: { ...this.environment, ...env },
      cwd: this.directory,
      stdin,
      stdout,
      stderr,
      signal,
    };
    stdin.end();
    const code = await runToExitCode(scalekitMcp, args, context);
    return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
  }
}
