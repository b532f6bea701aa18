import type { ProbeResult } from '../probe.ts';

/** A program that listens on a port of this machine. */
export interface PortOwner {
  /** E.g. `node (process 4711)`. */
  readonly name: string;
  /** Where it was started, and with what; undefined if the system does not tell. */
  readonly directory?: string;
  readonly commandLine?: string;
  /** It was started in this project, or from it. */
  readonly isOwn: boolean;
}

/** What a server does next if it answers the first message to everybody. */
export interface OpennessFacts {
  readonly list: ProbeResult;
  /** A tool that is not declared public was called, with arguments that it must refuse. */
  readonly call?: { readonly tool: string; readonly answer: ProbeResult };
}

/** The MCP server as a client sees it, over HTTP. */
export interface ServerFacts {
  /** The URL as the person gave it, or the settings say it. */
  readonly given?: string;
  readonly givenBy?: 'person' | 'settings';
  /** The MCP endpoint, as clients are told to use it. */
  readonly endpoint: string;
  /** What answered at the URL that was given, if that is not the endpoint. */
  readonly atGiven?: ProbeResult;
  readonly noToken: ProbeResult;
  /** If the first message is open to all: the first later one that is refused, as a client would meet it. */
  readonly laterRefusal?: ProbeResult;
  /** What later calls without a token get; if the first message is refused, only if the list of tools is answered all the same. */
  readonly openness?: OpennessFacts;
  /** The answer to `GET`, if the endpoint does not speak Streamable HTTP: the SSE transport from before 2025 opens a stream. */
  readonly eventStream?: ProbeResult;
  readonly secondCall: ProbeResult;
  /** A bearer token that is not a JWT. */
  readonly garbageToken: ProbeResult;
  /** Tokens that look right but are unsigned, signed with a foreign key, or signed with a foreign key and expired. */
  readonly unsignedToken: ProbeResult;
  readonly forgedToken: ProbeResult;
  readonly expiredToken: ProbeResult;
  /** RFC 9728's form, with the endpoint's path. */
  readonly metadata: ProbeResult;
  readonly metadataRoot: ProbeResult;
  /** What the challenge points to, if it is neither of the two. */
  readonly metadataNamed?: ProbeResult;
  /** The same, asked by a script of another origin. */
  readonly metadataFromBrowser: ProbeResult;
  /** The server's own copy of the authorization server's metadata, which some frameworks serve. */
  readonly authorizationServerCopy: ProbeResult;
  readonly preflight: ProbeResult;
  readonly callFromBrowser: ProbeResult;
  /** The origin that the two above came from. */
  readonly browserOrigin: string;
  readonly foreignOrigin: ProbeResult;
  readonly foreignHost: ProbeResult;
  /** On this machine: which program listens on the port. */
  readonly portOwner?: PortOwner;
  /** If MCP_URL is public: whether the server answers on this machine's port. */
  readonly localPort?: { readonly port: number; readonly answers: boolean };
}

/** How building and starting the server went, if the doctor did it (create's self-check). */
export interface StartFacts {
  /** What the compiler said, or undefined if it found no error. */
  readonly buildError?: string;
  /** What the server said before it ended, or undefined if it came up. */
  readonly startError?: string;
  /** Where it listened, and why not on the configured port. */
  readonly port?: number;
  readonly note?: string;
  /** What it was started with. */
  readonly command?: string;
  /** It kept running, but listened nowhere. */
  readonly wasSilent?: true;
}
