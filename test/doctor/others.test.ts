import { describe, expect, test } from 'vitest';
import { startCauseOf } from '../../src/doctor/start-causes.ts';
import { codesOf, env, express, type Files, fastmcp, metadata, npm, python } from './others-project.ts';

/** Right projects written by others, as files on disk. */

describe('a correct project of each framework has no finding above advice', () => {
  test.each<readonly [string, Files]>([
    ['FastMCP', python(fastmcp)],
    [
      'the Python SDK',
      {
        '.env': env,
        'requirements.txt': 'mcp>=1.23\npython-dotenv\n',
        'server.py': fastmcp
          .replace('from fastmcp import FastMCP', 'from mcp.server.fastmcp import FastMCP')
          .replace('transport="http"', 'transport="streamable-http"'),
      },
    ],
    [
      'FastAPI',
      {
        '.env': env,
        'requirements.txt': 'fastapi\nfastmcp==4.2.3\npython-dotenv\n',
        'main.py': fastmcp.replace(
          /if __name__[\s\S]*/,
          'app = FastAPI(lifespan=mcp_app.lifespan)\napp.mount("/", mcp.http_app(path="/mcp"))\n',
        ),
      },
    ],
    [
      'Express with SDK v1',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ express: '^5', '@modelcontextprotocol/sdk': '^1.32.0' }),
        'index.js': express,
      },
    ],
    [
      'Hono with SDK v2',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ hono: '^4', '@modelcontextprotocol/server': '^2.4.0' }),
        'index.ts': express.replaceAll('express', 'hono'),
      },
    ],
    [
      'Skybridge',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ skybridge: '^0.35.0', express: '^5' }),
        'src/server.ts': express,
      },
    ],
    [
      'mcp-use',
      {
        '.env': env.replace('3002/', '3002'),
        'node_modules/.keep': '',
        'package.json': npm({ 'mcp-use': '^2.5.0' }),
        'src/server.ts': express,
      },
    ],
    [
      'Next, which reads .env.local by itself',
      {
        '.env.local': env,
        'node_modules/.keep': '',
        'package.json': npm({ next: '^16', 'mcp-handler': '^1' }, { dev: 'next dev', start: 'next start' }),
        'app/api/[transport]/route.ts':
          "import { createMcpHandler } from 'mcp-handler';\nconst handler = createMcpHandler(() => {}, {}, { basePath: '/api' });\nprocess.env.SCALEKIT_ENVIRONMENT_URL;\nprocess.env.SCALEKIT_RESOURCE_ID;\nexport { handler as GET, handler as POST };\n",
      },
    ],
    [
      'pydantic’s settings',
      {
        '.env': env,
        'requirements.txt': 'fastmcp==4.2.3\npydantic-settings\n',
        'server.py':
          'from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom fastmcp import FastMCP\n\n\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=".env")\n    SCALEKIT_ENVIRONMENT_URL: str\n    SCALEKIT_RESOURCE_ID: str\n\n\nsettings = Settings()\nmcp = FastMCP("x")\nmcp.run(transport="http", port=3002)\n',
      },
    ],
    [
      'Poetry, with the source in a folder',
      {
        '.env': env,
        'pyproject.toml': '[tool.poetry.dependencies]\nfastmcp = "^4.0"\npython-dotenv = "*"\n',
        'src/todo/server.py': fastmcp,
      },
    ],
    [
      'values with spaces around, quotes, `export` and Windows line ends',
      {
        '.env': env
          .replaceAll('=', ' = ')
          .replace(/^(\w+ = )(res_1)$/m, "export $1'$2'")
          .replaceAll('\n', '\r\n'),
        'node_modules/.keep': '',
        'package.json': npm({ express: '^5', '@modelcontextprotocol/sdk': '^1.32.0' }),
        'index.js': express,
      },
    ],
    [
      'xmcp',
      {
        '.env': env.replace('3002/', '3002'),
        'node_modules/.keep': '',
        'package.json': npm({ xmcp: '^1.1.0' }),
        'src/middleware.ts':
          'export default scalekitProvider({ environmentUrl: process.env.SCALEKIT_ENVIRONMENT_URL });\n',
      },
    ],
    [
      'mcp-framework',
      {
        '.env': env,
        'node_modules/.keep': '',
        'package.json': npm({ 'mcp-framework': '^0.2.22' }),
        'src/index.ts': `import 'dotenv/config';\nnew MCPServer({ transport: { type: 'http-stream', options: { port: 3002 } } });\nprocess.env.SCALEKIT_RESOURCE_ID;\n`,
      },
    ],
    [
      'Scalekit’s own demos, with their names of variables',
      {
        '.env': `PORT=3002\nSK_ENV_URL=https://acme.scalekit.dev\nSK_CLIENT_ID=skc_1\nMCP_SERVER_ID=res_1\nEXPECTED_AUDIENCE=res_1\nPROTECTED_RESOURCE_METADATA='${metadata}'\n`,
        'node_modules/.keep': '',
        'package.json': npm({ express: '^5', '@modelcontextprotocol/sdk': '^1.32.0', dotenv: '^16.0.0' }),
        'src/index.js':
          "import 'dotenv/config';\nprocess.env.SK_ENV_URL; process.env.MCP_SERVER_ID; process.env.PROTECTED_RESOURCE_METADATA;\nnew StreamableHTTPServerTransport();\n",
      },
    ],
  ])('%s', async (_, files) => {
    expect(await codesOf(files)).toEqual([]);
  });
});

describe('why a program has not started', () => {
  test.each([
    [
      'TypeError: FastMCP() no longer accepts `stateless_http`. Pass `stateless_http` to `run_http_async()`',
      /no longer takes stateless_http/,
    ],
    ['Error: listen EADDRINUSE: address already in use :::3002', /its port is taken/],
    [
      "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 3002): address already in use",
      /its port is taken/,
    ],
    ["ModuleNotFoundError: No module named 'dotenv'", /dotenv is not there/],
    [
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /app/index.js",
      /express is not there/,
    ],
    [
      '  File "/app/server.py", line 12\n    def f( -> dict:\n           ^\nSyntaxError: invalid syntax',
      /syntax error/,
    ],
    ["KeyError: 'SCALEKIT_ENVIRONMENT_URL'", /SCALEKIT_ENVIRONMENT_URL is not set/],
    ['ValueError: Either base_url or mcp_url must be provided', /without its settings/],
    ['error: MCP_URL is missing', /MCP_URL is not right/],
    ['src/index.ts(4,7): error TS2322: Type X is not assignable', /does not compile/],
    ['Error: getaddrinfo ENOTFOUND x86_64-conda-linux-gnu', /no host x86_64-conda-linux-gnu/],
    ['npm error Missing script: "start"', /no such script/],
  ])('%s', (said, title) => {
    expect(startCauseOf(said)?.title).toMatch(title);
  });

  test('an unknown message gives no cause', () => {
    expect(startCauseOf('Listening on port 3002')).toBeUndefined();
  });
});
