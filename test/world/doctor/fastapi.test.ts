import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { examine, python, pythonProject, runningPython, virtualEnvironment } from './foreign.ts';

/** Real FastAPI applications that serve MCP, through the mounted Python SDK or fastapi-mcp. */

const server = `import os
from contextlib import asynccontextmanager
from urllib.parse import urljoin

import jwt
from dotenv import load_dotenv
from fastapi import FastAPI
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

load_dotenv()

env_url = os.environ["SCALEKIT_ENVIRONMENT_URL"]
resource_id = os.environ["SCALEKIT_RESOURCE_ID"]
issuer = f"{env_url}/resources/{resource_id}"
keys = jwt.PyJWKClient(f"{env_url}/keys", headers={"User-Agent": "todo"})


class Scalekit(TokenVerifier):
    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            key = keys.get_signing_key_from_jwt(token).key
            claims = jwt.decode(token, key, algorithms=["RS256"], audience=resource_id, issuer=[env_url, issuer])
        except jwt.PyJWTError:
            return None
        return AccessToken(token=token, client_id=claims.get("client_id", ""), scopes=claims.get("scope", "").split())


mcp = MCPServer(
    "Todo",
    token_verifier=Scalekit(),
    auth=AuthSettings(
        issuer_url=issuer,
        resource_server_url=urljoin(os.environ["MCP_URL"], "mcp"),
        required_scopes=["todo:read"],
        validate_token_resource=False,
    ),
)


@mcp.tool(title="List todos")
def list_todos() -> list[str]:
    """Lists the todos."""
    return []


mcp_app = mcp.streamable_http_app(stateless_http=True, json_response=True)


@asynccontextmanager
async def lifespan(_: FastAPI):
    async with mcp.session_manager.run():
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/todos")
def todos() -> list[str]:
    return []


app.mount("/", mcp_app)
`;

const byFastApiMcp = `import os
from urllib.parse import urljoin

import jwt
from dotenv import load_dotenv
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi_mcp import AuthConfig, FastApiMCP

load_dotenv()

env_url = os.environ["SCALEKIT_ENVIRONMENT_URL"]
resource_id = os.environ["SCALEKIT_RESOURCE_ID"]
endpoint = urljoin(os.environ["MCP_URL"], "mcp")
issuer = f"{env_url}/resources/{resource_id}"
well_known = "/.well-known/oauth-protected-resource"
keys = jwt.PyJWKClient(f"{env_url}/keys", headers={"User-Agent": "todo"})

app = FastAPI()


def require_scalekit(request: Request) -> dict:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    where = f'resource_metadata="{urljoin(endpoint, well_known + "/mcp")}", scope="todo:read"'
    if scheme.lower() != "bearer":
        raise HTTPException(401, "A token is required", {"WWW-Authenticate": f"Bearer {where}"})
    try:
        key = keys.get_signing_key_from_jwt(token).key
        return jwt.decode(token, key, algorithms=["RS256"], audience=resource_id, issuer=[env_url, issuer])
    except jwt.PyJWTError:
        raise HTTPException(401, "The token is not valid", {"WWW-Authenticate": f'Bearer error="invalid_token", {where}'})


@app.get("/todos", operation_id="list_todos")
def todos() -> list[str]:
    return []


@app.get(well_known)
@app.get(well_known + "/mcp")
def metadata() -> dict:
    return {"resource": endpoint, "authorization_servers": [issuer], "scopes_supported": ["todo:read", "todo:write"]}


mcp = FastApiMCP(app, include_operations=["list_todos"], auth_config=AuthConfig(dependencies=[Depends(require_scalekit)]))
mcp.mount_http()
`;

const common = ['fastapi==0.165.0', 'uvicorn==0.54.0', 'python-dotenv', 'pyjwt[crypto]'];

/** The current SDK, and the one that fastapi-mcp is made for. */
const kinds = {
  sdk: { name: 'fastapi', packages: ['mcp==2.3.0', ...common], source: server },
  'fastapi-mcp': {
    name: 'fastapi-mcp',
    packages: ['mcp==1.30.0', 'fastapi-mcp==0.4.0', ...common],
    source: byFastApiMcp,
  },
} as const;
type Kind = keyof typeof kinds;

let emulator: Emulator;

beforeAll(async () => {
  if (python === undefined) return;
  emulator = await startEmulator();
  for (const { name, packages } of Object.values(kinds)) await virtualEnvironment(name, packages);
}, 600_000);

afterAll(() => emulator?.close());

async function projectOf(kind: Kind, edits: ReadonlyArray<readonly [before: string, after: string]>) {
  const { name, packages, source } = kinds[kind];
  const edited = edits.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`The server has no ${before}`);
    return text.replace(before, () => after);
  }, source as string);
  const environment = await virtualEnvironment(name, packages);
  return pythonProject(emulator, environment, packages.join('\n'), { 'main.py': edited });
}

const open = ', auth_config=AuthConfig(dependencies=[Depends(require_scalekit)])';

const guard = `from fastapi import Request
from fastapi.responses import JSONResponse


@app.middleware("http")
async def guard(request: Request, call_next):
    if "authorization" not in request.headers:
        return JSONResponse({"detail": "Not authenticated"}, 401)
    return await call_next(request)


app.mount("/", mcp_app)`;

interface Row {
  readonly name: string;
  readonly kind: Kind;
  readonly edits: ReadonlyArray<readonly [before: string, after: string]>;
  /** The codes above advice, the cause first. */
  readonly codes: readonly string[];
  readonly fix?: RegExp;
}

const rows: readonly Row[] = [
  { name: 'a right server', kind: 'sdk', edits: [], codes: [] },
  { name: 'a right server', kind: 'fastapi-mcp', edits: [], codes: [] },
  {
    name: 'the lifespan of the mounted application is not run',
    kind: 'sdk',
    edits: [['app = FastAPI(lifespan=lifespan)', 'app = FastAPI()']],
    codes: ['SKM502'],
    fix: /mcp\.session_manager\.run\(\)/,
  },
  {
    name: 'mounted at /mcp, so that MCP is at /mcp/mcp',
    kind: 'sdk',
    edits: [['app.mount("/", mcp_app)', 'app.mount("/mcp", mcp_app)']],
    codes: ['SKM308'],
    fix: /app\.mount\("\/"/,
  },
  {
    name: 'mounted at /mcp with a path of /, so that a slash is added',
    kind: 'sdk',
    edits: [
      ['app.mount("/", mcp_app)', 'app.mount("/mcp", mcp_app)'],
      ['stateless_http=True', 'streamable_http_path="/", stateless_http=True'],
    ],
    codes: ['SKM308'],
    fix: /app\.mount\("\/"/,
  },
  {
    name: 'a check in front of everything, the metadata included',
    kind: 'sdk',
    edits: [['app.mount("/", mcp_app)', guard]],
    codes: ['SKM305', 'SKM311'],
  },
  {
    name: 'the audience is a URL',
    kind: 'sdk',
    edits: [['audience=resource_id', 'audience="http://localhost:1/"']],
    codes: ['SKM501'],
  },
  {
    name: 'two at once: the audience is a URL, and there is no lifespan',
    kind: 'sdk',
    edits: [
      ['audience=resource_id', 'audience="http://localhost:1/"'],
      ['app = FastAPI(lifespan=lifespan)', 'app = FastAPI()'],
    ],
    codes: ['SKM501'],
  },
  {
    name: 'no token check',
    kind: 'fastapi-mcp',
    edits: [[open, '']],
    codes: ['SKM304'],
    fix: /AuthConfig\(dependencies=/,
  },
  {
    name: 'the token check throws something else',
    kind: 'fastapi-mcp',
    edits: [['except jwt.PyJWTError:', 'except KeyError:']],
    codes: ['SKM321'],
  },
  {
    name: 'HTTPBearer alone, which looks at no token',
    kind: 'fastapi-mcp',
    edits: [
      ['[Depends(require_scalekit)]', '[Depends(HTTPBearer())]'],
      ['app = FastAPI()', 'from fastapi.security import HTTPBearer\n\napp = FastAPI()'],
    ],
    codes: ['SKM306', 'SKM322'],
  },
  {
    name: 'MCP is made, and not mounted',
    kind: 'fastapi-mcp',
    edits: [['mcp.mount_http()', '']],
    codes: ['SKM303'],
    fix: /mcp\.mount_http\(mount_path="\/mcp"\)/,
  },
  {
    name: 'SSE',
    kind: 'fastapi-mcp',
    edits: [['mcp.mount_http()', 'mcp.mount_sse()']],
    codes: ['SKM157'],
    fix: /mcp\.mount_http\(\)/,
  },
];

describe.skipIf(python === undefined)('FastAPI', () => {
  test.each(rows)('$kind: $name', async ({ kind, edits, codes, fix }) => {
    const project = await projectOf(kind, edits);
    await runningPython(project, ['-m', 'uvicorn', 'main:app', '--port', String(project.port)]);
    const said = await examine(project);
    expect(said.above).toEqual(codes);
    if (codes.length > 0) expect(said.first?.code).toBe(codes[0]);
    if (fix !== undefined) expect(said.first?.fix).toMatch(fix);
    expect(said.exitCode).toBe(said.found.some(({ level }) => level === 'error') ? 1 : 0);
  });

  test('sdk: an application without a main part is started with uvicorn just for the examination', async () => {
    const said = await examine(await projectOf('sdk', []), '--start');
    expect(said.above).toEqual([]);
    expect(said.exitCode).toBe(0);
  });

  test.each([
    [
      'FastMCP of before version 2',
      [['from mcp.server.mcpserver import MCPServer', 'from mcp.server.fastmcp import FastMCP as MCPServer']],
      'SKM302',
      /from mcp\.server\.mcpserver import MCPServer/,
    ],
    [
      'an argument that has moved',
      [['    "Todo",', '    "Todo",\n    stateless_http=True,']],
      'SKM154',
      /mcp\.run\(transport="streamable-http"/,
    ],
  ] as const)('sdk, with --start: %s', async (_, edits, code, fix) => {
    const said = await examine(await projectOf('sdk', edits), '--start');
    expect(said.above).toEqual([code]);
    expect(said.first?.fix).toMatch(fix);
  });
});
