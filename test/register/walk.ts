import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { RegisterOptions } from '../../src/register/outcome.ts';
import type { Person } from '../../src/register/person.ts';
import { register } from '../../src/register/register.ts';
import type { RegisterReport } from '../../src/register/report.ts';
import { consent } from '../support/browser.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { type StandIn, type StandInOptions, startStandIn } from './stand-in/index.ts';

/** The parts of a project that matter for registering. */
export const localEnv = [
  '# mine',
  'PORT=3002',
  'SCALEKIT_ENVIRONMENT_URL=http://localhost:4002',
  'SCALEKIT_CLIENT_ID=skc_1000000000000002',
  'SCALEKIT_RESOURCE_ID=res_1000000000000001',
  'MCP_URL=http://localhost:3002/',
  'OTHER="kept #1"',
  '',
].join('\n');

/** Writes a small project. @returns its directory. */
export async function makeProject(files: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
  const directory = await temporaryDirectory('register');
  const all = {
    'package.json': '{ "name": "todo-mcp", "type": "module" }',
    '.scalekit-mcp.json': '{ "answers": { "name": "Todo MCP" } }',
    'src/scopes.ts': `export const scopes = {\n  'todo:read': 'Read your todos',\n  'todo:write': 'Change your todos',\n};\n`,
    '.env': localEnv,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    if (text === undefined) continue;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

/** Starts the stand-in for the tests of a file, and resets it before each test. */
export function standInForAll(options?: StandInOptions): () => StandIn {
  let started: StandIn | undefined;
  beforeAll(async () => {
    started = await startStandIn(options);
  });
  afterEach(() => started?.reset());
  afterAll(() => started?.close());
  return () => {
    if (started === undefined) throw new Error('the stand-in has not started');
    return started;
  };
}

/** A person who acts as the test says, and records what they were told and asked. */
export class ScriptedPerson implements Person {
  readonly said: string[] = [];
  readonly asked: string[] = [];
  /** The label of the choice to take; default: the first. */
  choice: RegExp = /./;
  agrees = true;
  /** Which scopes of the sign-in they grant; default: all that are asked for. */
  grants: readonly string[] | undefined;
  visits = 0;

  get heard(): string {
    return this.said.join('\n');
  }

  say(text: string): void {
    this.said.push(text);
  }

  async visit(visit: Parameters<Person['visit']>[0]): Promise<URLSearchParams> {
    this.visits += 1;
    const parameters = await consent(visit.url, this.grants === undefined ? {} : { grants: this.grants });
    const page = await fetch(`${visit.redirectUrl}?${parameters}`);
    await page.text();
    return visit.answered;
  }

  async choose<T>(question: string, choices: ReadonlyArray<{ value: T; label: string }>): Promise<T> {
    this.asked.push([question, ...choices.map(({ label }) => label)].join('\n'));
    const choice = choices.find(({ label }) => this.choice.test(label));
    if (choice === undefined) throw new Error(`no choice matches ${this.choice}`);
    return choice.value;
  }

  async type(question: string): Promise<string> {
    throw new Error(`nobody expected to be asked: ${question}`);
  }

  async confirm(question: string, proposed: boolean): Promise<boolean> {
    this.asked.push(`${question} ${proposed ? 'Y' : 'N'}`);
    return this.agrees;
  }
}

export interface Walk {
  readonly report: RegisterReport;
  readonly person: ScriptedPerson;
  env(): Promise<string>;
}

/** Registers a project at the stand-in. */
export async function walk(
  scalekit: StandIn,
  directory: string,
  options: Partial<RegisterOptions> = {},
  person = new ScriptedPerson(),
): Promise<Walk> {
  const report = await register({
    directory,
    env: {},
    door: new URL(scalekit.url),
    environment: undefined,
    publicUrl: undefined,
    yes: false,
    dryRun: false,
    person,
    signal: new AbortController().signal,
    onResult: () => {},
    ...options,
  });
  return { report, person, env: () => readFile(join(directory, '.env'), 'utf8') };
}

/** @returns the names of the tools that were called and change something. */
export function changes(scalekit: StandIn): readonly string[] {
  return scalekit.calls.map(({ tool }) => tool).filter((tool) => !/^(?:list|get)_/.test(tool));
}
