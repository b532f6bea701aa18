/** Finds out why a program did not start from its output: the words of Python, Node and the frameworks. Pure. */

/** A cause, in words for the person who started it. */
export interface StartCause {
  readonly title: string;
  readonly fix: string;
}

interface Row {
  readonly says: RegExp;
  readonly cause: (match: RegExpExecArray) => StartCause;
}

/** The first match counts, so certain causes come before what could be their consequences. */
const rows: readonly Row[] = [
  {
    says: /(FastMCP)\(\) no longer accepts [`'"]?(\w+)|(\w+)\.__init__\(\) got an unexpected keyword argument ['"](\w+)['"]/,
    cause: ([, fastMcp, removed, other = '', argument]) => ({
      title: `The server does not start: ${fastMcp ?? other} ${fastMcp === undefined ? 'does not take' : 'no longer takes'} ${removed ?? argument}`,
      fix: `Take ${removed ?? argument} out of ${fastMcp ?? other}(…)${
        /^(?:FastMCP|MCPServer)$/.test(fastMcp ?? other)
          ? ', and pass it to mcp.run(transport=…, …) where it still exists.'
          : ', or install the version that takes it.'
      }`,
    }),
  },
  {
    says: /EADDRINUSE[^\n]*?:(\d+)|address already in use|\[Errno (?:48|98)\]/i,
    cause: ([, port]) => ({
      title: 'The server does not start: its port is taken',
      fix: `Stop what listens on port ${port ?? 'of the server'}, or give the server another PORT (and MCP_URL the same one).`,
    }),
  },
  {
    says: /No module named '(mcp\.server\.fastmcp)[^']*'\. This is mcp 2/,
    cause: () => ({
      title: 'The server does not start: FastMCP of the Python SDK is called MCPServer in mcp 2',
      fix: 'Import it by its new name (from mcp.server.mcpserver import MCPServer), and pass host, port and paths to mcp.run(…); or keep the old one with mcp<2 in the requirements.',
    }),
  },
  {
    says: /(?:ModuleNotFoundError: No module named|Cannot find (?:module|package)) ['"]([^'"\n]+)['"]/,
    cause: ([, name]) => ({
      title: `The server does not start: ${name} is not there`,
      fix: /^[./]|dist\//.test(name ?? '')
        ? 'Build the project first (npm run build), or correct the import.'
        : 'Install the project’s packages (npm install, or pip install -r requirements.txt in its virtual environment).',
    }),
  },
  {
    says: /^\s*File "([^"\n]+)", line (\d+)(?:(?!^\s*File ")[\s\S])*?^(?:SyntaxError|IndentationError|TabError): ([^\n]+)/m,
    cause: ([, file, line, what]) => ({
      title: 'The server does not start: a syntax error',
      fix: `Correct line ${line} of ${file}: ${what}.`,
    }),
  },
  {
    says: /^(?:file:\/\/)?([^\s:]+):(\d+)[\s\S]*?^SyntaxError: ([^\n]+)|Transform failed[\s\S]*?([\w./-]+):(\d+):\d+: ERROR: ([^\n]+)/m,
    cause: ([, file, line, what, other, otherLine, otherWhat]) => ({
      title: 'The server does not start: a syntax error',
      fix: `Correct line ${line ?? otherLine} of ${file ?? other}: ${what ?? otherWhat}.`,
    }),
  },
  {
    says: /([\w./-]+\.tsx?)[(:](\d+)[,:]\d+\)?[:\s-]+error (TS\d+): ([^\n]+)/,
    cause: ([, file, line, code, what]) => ({
      title: 'The server does not start: the source does not compile',
      fix: `Correct line ${line} of ${file}: ${code} ${what}.`,
    }),
  },
  {
    says: /KeyError: ['"]([A-Z][A-Z0-9_]+)['"]/,
    cause: ([, name]) => ({
      title: `The server does not start: ${name} is not set`,
      fix: `Set ${name} in .env, and load the file (load_dotenv()) before it is read.`,
    }),
  },
  {
    says: /Either base_url or mcp_url must be provided|(environment_url|resource_id|base_url|mcp_url)[\s\S]{0,160}?(?:Input should be a valid|must be provided|is required|NoneType)|'NoneType' object has no attribute 'rstrip'/,
    cause: ([, name]) => ({
      title: `The server does not start: the provider is made without ${name ?? 'its settings'}`,
      fix: 'Set the variables in .env, and call load_dotenv() before ScalekitProvider(…): it is made with None for each that is not there.',
    }),
  },
  {
    says: /\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b[^\n]{0,60}?\b(?:is|are|was)? ?(?:required|missing|not set|undefined|not defined|must be set|has to be)/i,
    cause: ([, name]) => ({
      title: `The server does not start: ${name} is not right`,
      fix: `Set ${name} in .env as the message above says, and make sure that the file is loaded before it is read.`,
    }),
  },
  {
    says: /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S+)/,
    cause: ([, host]) => ({
      title: `The server does not start: there is no host ${host}`,
      fix: 'See which variable holds that name: HOST of the shell (conda sets it), or the URL of a service.',
    }),
  },
  {
    says: /ECONNREFUSED ([\d.:\][a-f]+)/,
    cause: ([, address]) => ({
      title: 'The server does not start: a service that it needs does not answer',
      fix: `Start what should listen at ${address} (a database, Redis, the local Scalekit), or correct its address.`,
    }),
  },
  {
    says: /Missing script: "?(\w+)|npm (?:ERR!|error) missing script/i,
    cause: () => ({
      title: 'The server does not start: package.json has no such script',
      fix: 'Add a "start" script to package.json that starts the server.',
    }),
  },
  {
    says: /command not found|spawn \S+ ENOENT|not recognized as an internal/,
    cause: () => ({
      title: 'The server does not start: the program that starts it is not there',
      fix: 'Install it, or the project’s packages, and run this again.',
    }),
  },
];

/** @returns why a program did not start, or undefined if its output is not recognised. */
export function startCauseOf(output: string): StartCause | undefined {
  for (const { says, cause } of rows) {
    const match = says.exec(output);
    if (match !== null) return cause(match);
  }
  return undefined;
}
