import type { OddLine } from '../../project/env-oddities.ts';
import type { VariableName } from '../../scalekit/index.ts';

/** What a project is made with; it decides which rules apply. `generated` is one of ours. */
export type ProjectKind = 'generated' | 'fastmcp' | 'mcp-use' | 'xmcp' | 'node' | 'python' | 'unknown';

/** What a server is made with, the most specific first: a FastMCP project that also has FastAPI counts as FastMCP. */
export type Framework =
  | 'generated'
  | 'fastmcp'
  | 'mcp-python'
  | 'fastapi'
  | 'mcp-use'
  | 'xmcp'
  | 'mcp-framework'
  | 'skybridge'
  | 'fastmcp-js'
  | 'next'
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
  /** It exists, but nothing in this project reads it, as is the case for `.env.local` in most. */
  readonly unread?: boolean;
  /** The program need not load it: direnv or compose does. */
  readonly loadedOutside?: true;
  /** By whose rules it is read; Node's where it does not say. */
  readonly rules?: 'python';
  /** Lines that say something other than they seem to. */
  readonly odd?: readonly OddLine[];
  /** An invisible byte order mark hides its first variable from the program. */
  readonly startsWithMark?: boolean;
  /** Permission bits, e.g. 0o600; undefined if the system has none. */
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
  /** The file's, if they are not Node's. */
  readonly rules?: 'python';
  /** It is part of the value of a variable that says more, or has another form. */
  readonly isDerived?: true;
}

/** A place in the source that mentions something. */
export interface Mention {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  /** For a variable that is read: the source has a default for it. */
  readonly hasDefault?: true;
}

/** An argument that a constructor used to take. */
export interface RemovedArgument extends Mention {
  /** FastMCP from the package fastmcp, or MCPServer from mcp 2. */
  readonly of: 'FastMCP' | 'MCPServer';
}

/** A place in the source where the token check looks wrong for Scalekit's tokens. */
export interface TokenCheckMention extends Mention {
  readonly part: 'keys' | 'algorithm' | 'audience' | 'issuer' | 'scope';
}

/** A client's configuration of a server, in a file of the project. */
export interface ClientEntry {
  readonly file: string;
  readonly client: 'claude-code' | 'vscode' | 'cursor' | 'gemini' | 'codex';
  /** The scopes that it is told to ask for, if the file says so. */
  readonly scopes?: readonly string[];
  /** Its key or its type means the old SSE transport to this client (Gemini CLI’s `url`, `"type": "sse"`). */
  readonly asksSse?: true;
  /** How the file says so by a type (`"type": "sse"`), if it does once. */
  readonly sseText?: string;
  readonly line: number;
  readonly name: string;
  readonly url: string;
  readonly clientId?: string;
  /** The file has no other entry. */
  readonly isOnlyEntry: boolean;
}

/** A configuration file that the client itself cannot read. */
export interface ClientProblem {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
}

/** A port of this machine that is mapped to another one inside a container. */
export interface PublishedPort {
  readonly published: number;
  readonly container: number;
  readonly file: string;
  readonly line: number;
}

/** What the source says about how the server is started and where it is served. */
export interface TransportFacts {
  /** Set if the source starts it with something other than Streamable HTTP. */
  readonly transport?: Mention & { readonly kind: 'stdio' | 'sse' };
  /** The port, if the source names it, or the default if the variable is not set. */
  readonly sourcePort?: Mention;
  /** The paths that it serves: routes, and paths in configurations. */
  readonly paths: readonly string[];
  /** Arguments of a Python server’s constructor that newer versions refuse. */
  readonly removedArguments: readonly RemovedArgument[];
  /** Where `.env` is loaded after it is needed. */
  readonly lateLoads: readonly Mention[];
}

/** The protection's source in the project itself, as `scalekit-mcp eject` recorded it. */
export interface EjectedFact {
  /** The release that it was taken from. */
  readonly version: string;
  readonly folder: string;
}

export interface ProjectFacts extends TransportFacts {
  readonly kind: ProjectKind;
  readonly ejected?: EjectedFact;
  /** The release of the protection that a Python project holds as a package, `protection/`; its text is the version. */
  readonly protection?: Mention;
  readonly framework: Framework;
  /** How it is started, by its own files. */
  readonly startCommand?: string;
  /** Whether a script or an image starts it with a transport of its own (`fastmcp run … --transport http`, uvicorn). */
  readonly startsElsewhere: boolean;
  readonly publishedPorts: readonly PublishedPort[];
  readonly clientProblems: readonly ClientProblem[];
  /** Why package.json cannot be read. */
  readonly manifestProblem?: Omit<ClientProblem, 'file'>;
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
  /** FastMCP alone: tokens are checked by JWTVerifier or by hand, so that ScalekitProvider’s faults do not matter. */
  readonly checksTokensItself?: true;
  /** What looks wrong in its own token check, the likeliest first. */
  readonly tokenCheck?: readonly TokenCheckMention[];
  /** Scopes that the source names. */
  readonly scopes: readonly Mention[];
  /** Settings for production in other files (`.env.production`, Dockerfile, compose). */
  readonly production: readonly Setting[];
  readonly clients: readonly ClientEntry[];
  /** `scalekit-doctor.json`: the findings that the owner has decided to live with. */
  readonly ignores: readonly Ignore[];
  readonly ignoreFile: string;
  /** Why that file, or a part of it, cannot be used. */
  readonly ignoresProblem?: string;
}

/** One entry of `scalekit-doctor.json`. */
export interface Ignore {
  readonly code: string;
  /** Empty if the person gave none, which is a finding of its own. */
  readonly reason: string;
}
