import type { VariableName } from '../scalekit/index.ts';
import type { Claims } from './claims.ts';
import type { Answer } from './probe.ts';

/** A fact, or why there is none. A check that needs a missing fact is skipped, never guessed. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

/** A fact that was found out. */
export function known<T>(value: T): Fact<T> {
  return { known: true, value };
}

/** @param why a sentence without a full stop, as a report prints it. */
export function missing(why: string): Fact<never> {
  return { known: false, why };
}

/** What a project is made with; it decides which rules apply. `generated` is one of ours. */
export type ProjectKind = 'generated' | 'fastmcp' | 'mcp-use' | 'xmcp' | 'node' | 'python' | 'unknown';

/** What a server is made with, the most telling first: a FastMCP project that also has FastAPI is FastMCP's. */
export type Framework =
  | 'generated'
  | 'fastmcp'
  | 'mcp-python'
  | 'mcp-use'
  | 'xmcp'
  | 'mcp-framework'
  | 'skybridge'
  | 'fastmcp-js'
  | 'hono'
  | 'express'
  | 'sdk'
  | 'python'
  | 'node'
  | 'unknown';

/** A package that a project asks for. */
export interface PackageFact {
  readonly ecosystem: 'npm' | 'pypi';
  readonly name: string;
  /** The range as written, e.g. `^1.24.0` or `>=2.13.0.2`. */
  readonly range: string;
  /** The version that is installed or locked, where that can be seen. */
  readonly version?: string;
  readonly file: string;
  readonly line: number;
}

/** One line of an env file. Values are kept for the variables that the checks read, and for no other. */
export interface EnvLine {
  readonly name: string;
  readonly line: number;
  /** Masked where it looks like a secret; undefined for variables that are none of ours. */
  readonly value?: string;
  readonly isEmpty: boolean;
  /** The value has the form of a Scalekit secret, or the name says that it is one. */
  readonly isSecret: boolean;
}

export interface EnvFile {
  readonly file: string;
  readonly lines: readonly EnvLine[];
  /** Why it has no lines. */
  readonly unreadable?: string;
  /** There, and nothing of this project reads it: `.env.local` in most. */
  readonly unread?: boolean;
  /** By whose rules it is read; Node's where it does not say. */
  readonly rules?: 'python';
  /** An invisible byte order mark hides its first variable from the program. */
  readonly startsWithMark?: boolean;
  /** Permission bits, e.g. 0o600; undefined where the system has none. */
  readonly mode?: number;
  /** What git says; undefined outside a repository. */
  readonly git?: { readonly tracked: boolean; readonly ignored: boolean };
}

/** A variable as the server will see it: the process environment wins over the file, as in Node's loadEnvFile and dotenv. */
export interface Setting {
  readonly variable: VariableName;
  /** The name it was found under, which may be an alias. */
  readonly name: string;
  readonly value: string;
  readonly source: 'file' | 'environment';
  readonly file?: string;
  readonly line?: number;
  /** The file's, where they are not Node's. */
  readonly rules?: 'python';
  /** It stands within the value of a variable that says more, or in another form. */
  readonly isDerived?: true;
}

/** A place in the source where something is said. */
export interface Mention {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** Of a variable that is read: the source says what counts where it is not set. */
  readonly hasDefault?: true;
}

/** A client's configuration of a server, in a file of the project. */
export interface ClientEntry {
  readonly file: string;
  readonly client: 'claude-code' | 'vscode' | 'cursor' | 'gemini' | 'codex';
  /** What it is told to ask for, where the file says so. */
  readonly scopes?: readonly string[];
  /** Its key means the old SSE transport to this client (Gemini CLI’s `url`). */
  readonly asksSse?: true;
  readonly line: number;
  readonly name: string;
  readonly url: string;
  readonly clientId?: string;
  /** The file has no other entry. */
  readonly isOnlyEntry: boolean;
}

/** A client's file that it cannot read itself. */
export interface ClientProblem {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
}

/** A port of this machine that leads to another one inside of a container. */
export interface PublishedPort {
  readonly published: number;
  readonly container: number;
  readonly file: string;
  readonly line: number;
}

/** What the source says of how the server is started and where it is served. */
export interface TransportFacts {
  /** Set where the source starts it with something else than Streamable HTTP. */
  readonly transport?: Mention & { readonly kind: 'stdio' | 'sse' };
  /** The port, where the source says it, or its default for a variable that is not set. */
  readonly sourcePort?: Mention;
  /** Where it serves something: routes, and paths in configurations. */
  readonly paths: readonly string[];
  /** Arguments of FastMCP’s constructor that newer versions refuse. */
  readonly removedArguments: readonly Mention[];
  /** Where `.env` is loaded after it is needed. */
  readonly lateLoads: readonly Mention[];
}

export interface ProjectFacts extends TransportFacts {
  readonly kind: ProjectKind;
  readonly framework: Framework;
  /** How it is started, by its own files. */
  readonly startCommand?: string;
  /** Whether a script or an image starts it with a transport of its own (`fastmcp run … --transport http`, uvicorn). */
  readonly startsElsewhere: boolean;
  readonly publishedPorts: readonly PublishedPort[];
  readonly clientProblems: readonly ClientProblem[];
  /** Files to be copied to `.env`, such as `.env.example`. */
  readonly examples: readonly string[];
  /** From its manifest, or the folder's. */
  readonly name: string;
  readonly envFiles: readonly EnvFile[];
  readonly settings: readonly Setting[];
  /** `NODE_ENV`, wherever it is set. */
  readonly nodeEnv?: { readonly value: string; readonly source: 'file' | 'environment' };
  readonly packages: readonly PackageFact[];
  /** Whether its packages are installed (`node_modules`, a virtual environment). */
  readonly installed: boolean;
  /** The Node range of its package.json. */
  readonly nodeRange?: string;
  /** Where the source reads the variables, and where it loads `.env`. */
  readonly variableReads: readonly Mention[];
  readonly envLoads: readonly Mention[];
  /** Scopes that the source names. */
  readonly scopes: readonly Mention[];
  /** Settings for production in other files (`.env.production`, Dockerfile, compose). */
  readonly production: readonly Setting[];
  readonly clients: readonly ClientEntry[];
  /** `scalekit-doctor.json`: what its owner has decided to live with. */
  readonly ignores: readonly Ignore[];
  readonly ignoreFile: string;
  /** Why that file, or a part of it, cannot be used. */
  readonly ignoresProblem?: string;
}

/** One entry of `scalekit-doctor.json`. */
export interface Ignore {
  readonly code: string;
  /** Empty where the person gave none, which is a finding of its own. */
  readonly reason: string;
}

/** The authorization server: Scalekit, the local Scalekit, or whatever the server names. */
export interface ScalekitFacts {
  /** What its metadata has to say as `issuer`; for Scalekit `{env}/resources/{res}`. */
  readonly issuer: string;
  /** Set where the issuer has Scalekit's form. */
  readonly environmentUrl?: string;
  readonly resourceId?: string;
  /** RFC 8414's form: the well-known part inserted before the path. */
  readonly metadata: Answer;
  readonly metadataAppended: Answer;
  readonly keys: Answer;
  /** Seconds that its clock is ahead of this machine's; undefined where it sent no date. */
  readonly clockOffset?: number;
  /** A name that always exists was found, so that "no such host" is about this host and not about the network. */
  readonly namesResolve?: boolean;
  /** The local Scalekit that this check has started itself. */
  readonly startedHere?: boolean;
}

/** A program that listens on a port of this machine. */
export interface PortOwner {
  /** E.g. `node (process 4711)`. */
  readonly name: string;
  /** Where it was started, and with what; undefined where the system does not tell. */
  readonly directory?: string;
  readonly commandLine?: string;
  /** It was started in this project, or from it. */
  readonly isOwn: boolean;
}

/** What a server that answers the first message to everybody does next. */
export interface OpennessFacts {
  readonly list: Answer;
  /** A tool that is not declared public was called, with arguments that it must refuse. */
  readonly call?: { readonly tool: string; readonly answer: Answer };
}

/** The MCP server as a client sees it, over HTTP. */
export interface ServerFacts {
  /** The URL as the person gave it, or the settings say it. */
  readonly given?: string;
  readonly givenBy?: 'person' | 'settings';
  /** The MCP endpoint, as clients are told to use it. */
  readonly endpoint: string;
  /** What answered at the URL that was given, where that is not the endpoint. */
  readonly atGiven?: Answer;
  readonly noToken: Answer;
  /** Where that is open to all: the first later message that is refused, as a client meets it. */
  readonly laterRefusal?: Answer;
  /** What a call without a token gets further on; only where the first message is answered. */
  readonly openness?: OpennessFacts;
  /** What the server says to `GET`, where the endpoint speaks no Streamable HTTP: SSE of before 2025 answers a stream. */
  readonly eventStream?: Answer;
  readonly secondCall: Answer;
  /** A bearer token that is no JWT. */
  readonly garbageToken: Answer;
  /** Tokens that look right and are signed by nobody, by a stranger, or have expired on top of that. */
  readonly unsignedToken: Answer;
  readonly forgedToken: Answer;
  readonly expiredToken: Answer;
  /** RFC 9728's form, with the endpoint's path. */
  readonly metadata: Answer;
  readonly metadataRoot: Answer;
  /** What the challenge points to, where that is neither of the two. */
  readonly metadataNamed?: Answer;
  /** The same, asked by a script of another origin. */
  readonly metadataFromBrowser: Answer;
  /** The server's own copy of the authorization server's metadata, which some frameworks serve. */
  readonly authorizationServerCopy: Answer;
  readonly preflight: Answer;
  readonly callFromBrowser: Answer;
  /** The origin that the two above came from. */
  readonly browserOrigin: string;
  readonly foreignOrigin: Answer;
  readonly foreignHost: Answer;
  /** On this machine: which program listens on the port. */
  readonly portOwner?: PortOwner;
  /** Where MCP_URL is public: whether the server answers on this machine's port. */
  readonly localPort?: { readonly port: number; readonly answers: boolean };
}

/** A client that has registered itself, as a client on this machine remembers it. */
export interface RegistrationFact {
  /** Which client remembers it, and where. */
  readonly file: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** The authorization endpoint's answer to this client. */
  readonly authorization: Answer;
}

/** An access token, without the token: what it says and whether it is signed. Its subject is not kept. */
export interface TokenFacts {
  /** `given`: by the person; `local`: minted by the local Scalekit for this run. */
  readonly source: 'given' | 'local';
  /** Why it could not be read at all. */
  readonly unreadable?: string;
  readonly algorithm?: string;
  readonly type?: string;
  readonly keyId?: string;
  readonly claims: Claims;
  readonly subject: 'present' | 'absent' | 'not-a-string';
  readonly isSenderBound: boolean;
  readonly signature: 'valid' | 'invalid' | 'unknown-key' | 'unsigned' | 'other-algorithm' | 'unchecked';
  /** When it was looked at, in seconds since 1970 by this machine's clock. */
  readonly now: number;
}

/** What the server answers to a call with the token. */
export interface ToolsFacts {
  readonly initialize: Answer;
  readonly secondInitialize: Answer;
  readonly list: Answer;
  /** The same, from the web page of a stranger. */
  readonly foreignOrigin: Answer;
}

/** How building and starting the server went, where the doctor did it itself (create's self-check). */
export interface StartFacts {
  /** What the compiler said, or undefined where it was content. */
  readonly buildError?: string;
  /** What the server said before it ended, or undefined where it came up. */
  readonly startError?: string;
  /** Where it listened, and why that is not the configured port. */
  readonly port?: number;
  readonly note?: string;
  /** What it was started with. */
  readonly command?: string;
  /** It went on running, and listened nowhere. */
  readonly wasSilent?: true;
}

/** Everything that the doctor knows; JSON, without secrets, so that it can be saved and replayed. */
export interface Facts {
  /** The version of this document's form. */
  readonly format: 1;
  /** Of the machine that the facts are from. */
  readonly node: string;
  readonly platform: string;
  readonly project: Fact<ProjectFacts>;
  readonly scalekit: Fact<ScalekitFacts>;
  readonly server: Fact<ServerFacts>;
  readonly registrations: Fact<readonly RegistrationFact[]>;
  readonly token: Fact<TokenFacts>;
  readonly tools: Fact<ToolsFacts>;
  readonly start: Fact<StartFacts>;
  /** Which client was asked about (`--client`). */
  readonly client?: ClientName;
  /** Which directory was asked about (`--directory`), and what only that needs. */
  readonly directory?: DirectoryFacts;
  /** What `--surface` has written before; without tools where there was no such file. */
  readonly surface?: SurfaceFacts;
}

export const clientNames = [
  'claude-code',
  'claude',
  'chatgpt',
  'vscode',
  'cursor',
  'codex',
  'gemini',
  'inspector',
] as const;
export type ClientName = (typeof clientNames)[number];

export const directoryNames = ['claude', 'openai'] as const;

export interface DirectoryFacts {
  readonly name: (typeof directoryNames)[number];
  /** OpenAI’s file, where the server has one. */
  readonly challenge?: Answer;
}

/** A tool as clients know it. */
export interface SurfaceTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  readonly hints: Readonly<Record<string, unknown>>;
}

export interface SurfaceFacts {
  readonly file: string;
  readonly tools?: readonly SurfaceTool[];
  /** Why the file cannot be used. */
  readonly problem?: string;
}

/** @returns facts of which none is known yet. */
export function noFacts(why: string): Facts {
  const none = missing(why);
  return {
    format: 1,
    node: process.versions.node,
    platform: process.platform,
    project: none,
    scalekit: none,
    server: none,
    registrations: none,
    token: none,
    tools: none,
    start: none,
  };
}
