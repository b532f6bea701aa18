import type { Framework, Mention, RemovedArgument, TransportFacts } from '../../facts/index.ts';
import { lineAt, type TextFile } from './files.ts';

/** What the source says about how the server is started and where it is served. It is read by pattern, never run. */

function mentionsOf(files: readonly TextFile[], pattern: RegExp): readonly Mention[] {
  return files.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map((match) => ({
      text: match[1] ?? match[0],
      file,
      line: lineAt(text, match.index),
    })),
  );
}

/** Removes comments without moving any other character. */
export function withoutComments({ file, text }: TextFile): TextFile {
  const blank = (part: string) => part.replaceAll(/[^\n]/g, ' ');
  const bare = file.endsWith('.py')
    ? text.replaceAll(/(?<=^|\s)#[^\n]*/g, blank)
    : text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(])\/\/[^\n]*/g, blank);
  return { file, text: bare };
}

/** @returns the arguments of a call, from its opening parenthesis to the one that closes it. */
export function argumentsAt(text: string, open: number): string {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    const character = text[index];
    if (character === '(' || character === '[' || character === '{') depth += 1;
    if (character === ')' || character === ']' || character === '}') depth -= 1;
    if (depth === 0) return text.slice(open + 1, index);
  }
  return text.slice(open + 1);
}

interface CallOf {
  readonly file: string;
  readonly line: number;
  readonly arguments: string;
}

function callsOf(files: readonly TextFile[], name: RegExp): readonly CallOf[] {
  return files.flatMap(({ file, text }) =>
    [...text.matchAll(name)].map((match) => ({
      file,
      line: lineAt(text, match.index),
      arguments: argumentsAt(text, match.index + match[0].length - 1),
    })),
  );
}

const pythonRun = /\b\w+\.run(?:_async)?\s*\(/g;

/** `mcp.run()` without a transport is stdio in FastMCP and in the SDK. */
function pythonTransport(files: readonly TextFile[]): TransportFacts['transport'] {
  const servers = files.filter(
    ({ text }) => /\b(?:FastMCP|MCPServer|FastApiMCP)\s*\(/.test(text) || /import .*\bmcp\b/.test(text),
  );
  const runs = callsOf(servers, pythonRun).filter(
    ({ arguments: given }) => !/^\s*(?:["'][\w.]+:\w+["']|app\b|main\b|\w+\(\))/.test(given),
  );
  const says = (pattern: RegExp) => runs.find(({ arguments: given }) => pattern.test(given));
  if (servers.some(({ text }) => /\b(?:http_app|streamable_http_app|asgi_app|mount_http)\s*\(/.test(text)))
    return undefined;
  const [mounted] = mentionsOf(
    servers,
    /\.(mount_sse\s*\()|\.(sse_app\s*\()|(?<=FastApiMCP[\s\S]*)\bmcp\.(mount\s*\(\s*\))/g,
  );
  if (mounted !== undefined)
    return { kind: 'sse', ...mounted, text: `${mounted.text.replace(/\s*\(.*/s, '')}(…)` };
  if (says(/["'](?:streamable-)?http["']/)) return undefined;
  const sse = says(/["']sse["']/);
  if (sse) return { kind: 'sse', ...sse, text: 'transport="sse"' };
  const [first] = runs;
  const isVariable = runs.some(({ arguments: given }) => /transport\s*=\s*[A-Za-z_]|\*\*/.test(given));
  if (first === undefined || isVariable) return undefined;
  return { kind: 'stdio', file: first.file, line: first.line, text: 'run() without a transport' };
}

function nodeTransport(files: readonly TextFile[]): TransportFacts['transport'] {
  const has = (pattern: RegExp) => mentionsOf(files, pattern)[0];
  if (has(/StreamableHTTP\w*Transport|createMcpHandler|transportType:\s*["']httpStream|http-stream/g))
    return undefined;
  const sse = has(/\b(SSEServerTransport)\b|transport:\s*\{\s*type:\s*["'](sse)["']/g);
  if (sse) return { kind: 'sse', ...sse };
  const stdio = has(/\b(StdioServerTransport|serveStdio)\b/g);
  return stdio === undefined ? undefined : { kind: 'stdio', ...stdio };
}

/** Routes of Express and Hono, FastMCP’s `path=`, endpoints in configurations. */
const route =
  /(?:\.(?:post|all|use|mount|route|get)\s*\(\s*|\b(?:path|streamable_http_path|endpoint|basePath|mcpEndpoint)\s*[:=]\s*)["'`](\/[\w./-]*)["'`]/g;

/** A path that has nothing to do with MCP by its name. */
const otherRoute = /\.well-known|health|ready|static|metrics|favicon|login|callback|register|token|api-docs/;

/** Where a Python application is mounted in another one, e.g. `app.mount("/api", mcp.streamable_http_app())`. */
const pythonMount = /\.mount\s*\(\s*["'](\/[\w./-]*)["']/g;

/** The path of MCP inside that application, `/mcp` if none is given. */
const innerPath =
  /\b(?:streamable_http_path|(?:http_app|streamable_http_app)\s*\(\s*path)\s*=\s*["'](\/[\w./-]*)["']/g;

function mountedPaths(files: readonly TextFile[]): readonly string[] {
  const inner = mentionsOf(files, innerPath).map(({ text }) => text);
  return mentionsOf(files, pythonMount).flatMap(({ text: outer }) =>
    [...inner, ...(inner.length === 0 ? ['/mcp'] : [])].map((path) => `${outer.replace(/\/$/, '')}${path}`),
  );
}

function pathsOf(files: readonly TextFile[]): readonly string[] {
  const python = files.filter(({ file }) => file.endsWith('.py'));
  const unmounted = python.map(({ file, text }) => ({ file, text: text.replaceAll(pythonMount, '') }));
  const others = files.filter(({ file }) => !file.endsWith('.py'));
  const paths = [
    ...mountedPaths(python),
    ...mentionsOf([...unmounted, ...others], route).map(({ text }) => text),
  ];
  return [...new Set(paths)].filter((path) => !otherRoute.test(path)).slice(0, 8);
}

/** The port in the source, with the default for a variable that is not set. */
const portPatterns = [
  /\bport\s*=\s*int\(\s*os\.(?:getenv|environ\.get)\(\s*["']\w+["']\s*,\s*["']?(\d{2,5})["']?/gi,
  /\bPORT\s*(?:\?\?|\|\|)\s*["'`]?(\d{2,5})/g,
  /\bport\s*=\s*(\d{2,5})\b/g,
  /\.listen\(\s*(\d{2,5})\b/g,
  /\bport:\s*(\d{2,5})\b/g,
];

function portOf(files: readonly TextFile[], framework: Framework): Mention | undefined {
  const found = portPatterns.flatMap((pattern) => mentionsOf(files, pattern))[0];
  if (found !== undefined || framework !== 'fastmcp') return found;
  const [run] = mentionsOf(files, /\.run\(\s*(?:transport\s*=\s*)?["'](?:streamable-)?http["']\s*\)/g);
  return run === undefined ? undefined : { ...run, text: '8000' };
}

/** Arguments that a constructor no longer takes (FastMCP: its own list, docs/scalekit.md; MCPServer: the SDK's guide to version 2). */
const removedArguments = {
  FastMCP:
    /\b(stateless_http|json_response|host|port|sse_path|message_path|streamable_http_path|debug|log_level)\s*=/,
  MCPServer:
    /\b(stateless_http|json_response|host|port|sse_path|message_path|mount_path|streamable_http_path|transport_security)\s*=/,
} as const;

/** @returns the arguments of `FastMCP(…)` itself, without those of calls inside. */
function ownArguments(text: string): string {
  let depth = 0;
  return [...text]
    .map((character) => {
      if ('([{'.includes(character)) depth += 1;
      const own = depth === 0 ? character : ' ';
      if (')]}'.includes(character)) depth -= 1;
      return own;
    })
    .join('');
}

function removedFrom(
  of: RemovedArgument['of'],
  files: readonly TextFile[],
  call: RegExp,
): readonly RemovedArgument[] {
  return callsOf(files, call).flatMap(({ file, line, arguments: given }) => {
    const name = removedArguments[of].exec(ownArguments(given))?.[1];
    return name === undefined ? [] : [{ text: name, file, line, of }];
  });
}

function removedOf(files: readonly TextFile[]): readonly RemovedArgument[] {
  const importing = (pattern: RegExp) => files.filter(({ text }) => pattern.test(text));
  return [
    ...removedFrom('FastMCP', importing(/^\s*(?:from|import)\s+fastmcp\b/m), /\bFastMCP\s*\(/g),
    ...removedFrom(
      'MCPServer',
      importing(/^\s*from\s+mcp\.server\S*\s+import\b.*\bMCPServer\b/m),
      /\bMCPServer\s*\(/g,
    ),
  ];
}

/** A `load_dotenv()` that comes after the provider has read its variables, in the same file. */
function lateLoads(files: readonly TextFile[]): readonly Mention[] {
  return files.flatMap(({ file, text }): readonly Mention[] => {
    const load = text.search(/^[ \t]*(?:\w+\.)?load_dotenv\s*\(/m);
    const provider = text.search(/\bScalekitProvider\s*\(|\bos\.(?:getenv\s*\(|environ)/);
    if (load < 0 || provider < 0 || load < provider) return [];
    return [{ text: 'load_dotenv()', file, line: lineAt(text, load + 1) }];
  });
}

/** @returns how the server is started and where it is served, as far as its source says. */
export function readTransport(sources: readonly TextFile[], framework: Framework): TransportFacts {
  const files = sources.map(withoutComments);
  const python = files.filter(({ file }) => file.endsWith('.py'));
  const node = files.filter(({ file }) => !file.endsWith('.py'));
  const transport = pythonTransport(python) ?? nodeTransport(node);
  const port = portOf(files, framework);
  return {
    paths: pathsOf(files),
    removedArguments: removedOf(python),
    lateLoads: lateLoads(python),
    ...(transport === undefined ? {} : { transport }),
    ...(port === undefined ? {} : { sourcePort: port }),
  };
}
