// What is measured, and how each is started: the way its own documentation says for production.
import { join } from 'node:path';
import { cache, projects } from './install.js';
import { toolFor, toolOf } from './tools.js';

/**
 * @typedef {object} Target
 * @property {string} name as in the table
 * @property {string} project folder of the cache
 * @property {string} [package] whose version the table gives
 * @property {boolean} [owned] todos belong to the token's subject and have to be created first
 * @property {string} [language] what it is written in, where no folder of projects/ says so
 * @property {string} [command] what runs, in the project's folder; Node if it is not given
 * @property {string[]} args
 * @property {string} [ships] what production needs of the folder; node_modules if it is not given
 * @property {boolean} [newTokens] whether each call comes with a token that the server has not seen
 * @property {string} authorization `none` or what is verified
 * @property {boolean} [handshake] whether 2025-era clients have to open a session first
 * @property {string[]} eras
 * @property {number} [port] if the server's port cannot be set
 * @property {string} reference
 */

/** @type {Target[]} */
export const rivals = [
  {
    name: 'xmcp',
    project: 'xmcp',
    package: 'xmcp',
    args: ['dist/http.js'],
    authorization: 'none',
    eras: ['2025-11-25', '2026-07-28'],
    port: 38431,
    reference: 'what create-xmcp-app sets up for HTTP: https://xmcp.dev/docs/getting-started/installation',
  },
  {
    name: 'fastmcp (TypeScript)',
    handshake: true,
    project: 'fastmcp',
    package: 'fastmcp',
    args: ['server.js'],
    authorization: 'none',
    eras: ['2025-11-25'],
    reference: 'its README, "HTTP Streaming": sessions, as by default',
  },
  {
    name: 'mcp-framework',
    handshake: true,
    project: 'mcp-framework',
    package: 'mcp-framework',
    args: ['dist/index.js'],
    authorization: 'none',
    eras: ['2025-11-25'],
    reference: 'what `mcp create --http` sets up: sessions, as by default',
  },
  {
    name: 'mcp-use',
    project: 'mcp-use',
    package: 'mcp-use',
    args: ['node_modules/mcp-use/dist/bin.js', 'start'],
    authorization: 'none',
    eras: ['2025-11-25', '2026-07-28'],
    reference: 'its mcp-server template, built and started with `mcp-use start`',
  },
  {
    name: 'SDK v1 + express + jose',
    project: 'sdk-v1-express',
    package: '@modelcontextprotocol/sdk',
    args: ['server.js'],
    authorization: 'RS256, every call',
    eras: ['2025-11-25'],
    reference: "the SDK's stateless example with its requireBearerAuth",
  },
  {
    name: 'SDK v2 + express + jose',
    project: 'sdk-v2-express',
    package: '@modelcontextprotocol/server',
    args: ['server.js'],
    authorization: 'RS256, every call',
    eras: ['2025-11-25', '2026-07-28'],
    reference: "the SDK's guide: createMcpExpressApp, createMcpHandler, requireBearerAuth",
  },
  {
    name: 'SDK v2 + hono + jose',
    project: 'sdk-v2-hono',
    package: '@modelcontextprotocol/server',
    args: ['server.js'],
    authorization: 'RS256, every call',
    eras: ['2025-11-25', '2026-07-28'],
    reference: "the SDK's guide: createMcpHonoApp, createMcpHandler, requireBearerAuth",
  },
  {
    name: 'FastMCP (Python)',
    project: 'fastmcp-python',
    package: 'fastmcp',
    command: 'venv/bin/python',
    args: ['server.py'],
    ships: 'venv/lib',
    authorization: 'RS256, every call',
    eras: ['2025-11-25', '2026-07-28'],
    reference: "Scalekit's FastMCP guide: ScalekitProvider, without sessions",
  },
  {
    name: "Go's SDK",
    project: 'go-sdk',
    package: 'github.com/modelcontextprotocol/go-sdk',
    command: 'server',
    args: [],
    ships: 'server',
    authorization: 'none',
    eras: ['2025-11-25', '2026-07-28'],
    reference: 'its HTTP example, without sessions, JSON answers',
  },
  {
    name: "Rust's SDK",
    project: 'rust-sdk',
    package: 'rmcp',
    command: 'target/release/rust-sdk-server',
    args: [],
    ships: 'target/release/rust-sdk-server',
    authorization: 'none',
    eras: ['2025-11-25', '2026-07-28'],
    reference: 'its HTTP example, without sessions, JSON answers',
  },
];

/** @type {Target} */
export const raw = {
  name: 'raw node:http echo',
  project: 'raw',
  args: ['server.js'],
  authorization: 'none',
  eras: ['2025-11-25'],
  reference: 'JSON in, JSON out: the limit',
};

/** @type {Target} */
export const ours = {
  name: 'ours',
  project: 'ours',
  package: '@modelcontextprotocol/server',
  args: ['dist/src/main.js'],
  // What the image contains: the built file, its map and the licences of what is in it.
  ships: 'dist/src',
  authorization: 'RS256, scopes, rate limit',
  eras: ['2025-11-25', '2026-07-28'],
  owned: true,
  reference: 'the generated todo server',
};

/** The same server, each of whose calls has its token's signature verified. @type {Target} */
export const oursWithNewTokens = {
  ...ours,
  name: 'ours, each token new',
  eras: ['2025-11-25'],
  newTokens: true,
};

/** The same tools, scopes and limits, on FastMCP. @type {Target} */
export const oursInPython = {
  ...ours,
  name: 'ours, in Python',
  project: 'ours-python',
  package: undefined,
  language: 'Python',
  command: '.venv/bin/python',
  args: ['server.py'],
  ships: '.venv/lib',
  reference: 'the generated todo server, `--language python`',
};

/** @returns {import('./tools.js').Tool | undefined} what builds a target that does not run on Node */
export const toolOfTarget = ({ project, language }) =>
  language ? toolFor(language) : toolOf(join(projects, project));

/** @returns {string} where a target's project is installed */
export const folderOf = ({ project }) => join(cache, project);
