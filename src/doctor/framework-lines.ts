import { keysPath } from '../scalekit/index.ts';
import type { Framework } from './facts/index.ts';

/** What a server is made with, and the line to write in each: one row per framework, one field per matter. */

/** The lines of one framework. `<HOST>`, `<PATH>` and `<PORT>` stand for the values in question. */
export interface Lines {
  /** How its source names it. */
  readonly name: string;
  /** Allows a host name. */
  readonly allowHost: string;
  /** Trusts a proxy that says https. */
  readonly trustForwarded: string;
  /** Serves Streamable HTTP instead of SSE or stdio. */
  readonly serveHttp: string;
  /** Serves MCP at a path. */
  readonly mount: string;
  /** Lets pages of known origins call, and read the challenge and the metadata (CORS). */
  readonly cors: string;
  /** Refuses a Host and an Origin that are not the server's own. */
  readonly guard: string;
  /** Serves the metadata document at the root of the host, too. */
  readonly rootMetadata: string;
  /** Serves the metadata document where the challenge says, for frameworks in which it usually fails for the same reason. */
  readonly namedMetadata?: string;
  /** Asks for Scalekit's tokens. */
  readonly protect: string;
  /** What usually fails after the token check. */
  readonly behindCheck?: string;
  /** Loads `.env`; undefined if the framework does so by itself. */
  readonly loadEnv?: string | undefined;
  readonly start: string;
}

const uvicorn =
  'Start uvicorn with --proxy-headers --forwarded-allow-ips="*" (behind your own proxy only), and give clients the path with exactly the slash that the server has.';

const jose = `Check the token before MCP is reached: const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL("${keysPath}", SCALEKIT_ENVIRONMENT_URL)), { audience: SCALEKIT_RESOURCE_ID, issuer: [SCALEKIT_ENVIRONMENT_URL, SCALEKIT_ENVIRONMENT_URL + "/resources/" + SCALEKIT_RESOURCE_ID] }), and answer 401 with WWW-Authenticate if it throws`;

const express: Lines = {
  name: 'Express',
  allowHost:
    'createMcpExpressApp({ allowedHosts: ["<HOST>"] }), or allow <HOST> in your own check of the Host.',
  trustForwarded:
    'app.set("trust proxy", 1); and app.set("strict routing", false) with the URL that clients use.',
  serveHttp:
    'app.post("/mcp", async (req, res) => { const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined }); await createServer().connect(transport); await transport.handleRequest(req, res, req.body); });',
  mount: 'app.post("<PATH>", …) has to pass the request to the MCP transport.',
  cors: 'app.use(cors({ origin: ["http://localhost:6274"], allowedHeaders: ["authorization", "content-type", "mcp-protocol-version"], exposedHeaders: ["WWW-Authenticate", "Mcp-Session-Id"] })) before the token is checked; for the metadata only, origin: "*".',
  guard:
    'app.use(hostHeaderValidation(["localhost", "127.0.0.1", "<your host>"])) of the SDK’s Express package, and 403 for an Origin that you do not know.',
  rootMetadata:
    'app.get("/.well-known/oauth-protected-resource", (req, res) => res.json(metadata)) before the token is checked.',
  protect: `${jose}: app.use("/mcp", requireScalekit) before app.post("/mcp", …).`,
  loadEnv: 'process.loadEnvFile() before the first process.env, or node --env-file=.env',
  start: 'npm start',
};

/** The lines of each framework. */
export const frameworkLines: Readonly<Record<Framework, Lines>> = {
  generated: {
    name: 'this project',
    allowHost: 'ALLOWED_HOSTS=<HOST> in .env.',
    trustForwarded: 'Set MCP_URL to the https URL: this server takes no address from a request.',
    serveHttp: 'npm run dev serves Streamable HTTP at <MCP_URL>mcp.',
    mount: 'MCP is served at MCP_URL and “mcp” behind it: set MCP_URL accordingly.',
    cors: 'ALLOWED_ORIGINS in .env names the pages that may call.',
    guard: 'ALLOWED_HOSTS and ALLOWED_ORIGINS in .env name what is allowed besides MCP_URL.',
    rootMetadata: 'This server does so by itself: update scalekit-mcp-server.',
    protect: 'Pass the provider in src/main.ts: provider: new ScalekitProvider(…).',
    start: 'npm run dev',
  },
  fastmcp: {
    name: 'FastMCP',
    allowHost:
      'mcp.run(transport="http", port=…, allowed_hosts=["<HOST>", "localhost", "127.0.0.1"]) (FastMCP 4), or FASTMCP_HTTP_ALLOWED_HOSTS=\'["<HOST>"]\'.',
    trustForwarded:
      'mcp.run(transport="http", …, uvicorn_config={"proxy_headers": True, "forwarded_allow_ips": "*"}) (behind your own proxy only), and give clients the path with exactly the slash that the server has.',
    serveHttp: 'mcp.run(transport="http", host="127.0.0.1", port=int(os.getenv("PORT", "3002")))',
    mount: 'mcp.run(transport="http", path="<PATH>", port=…)',
    cors: 'mcp.run(transport="http", …, middleware=[Middleware(CORSMiddleware, allow_origins=["http://localhost:6274"], allow_methods=["*"], allow_headers=["*"], expose_headers=["WWW-Authenticate", "mcp-session-id"])]) (both from starlette).',
    guard:
      'mcp.run(transport="http", …, host_origin_protection=True, allowed_hosts=["localhost", "127.0.0.1"]) (FastMCP 4).',
    rootMetadata:
      '@mcp.custom_route("/.well-known/oauth-protected-resource", methods=["GET"]) with the same document; FastMCP has it only in the path form.',
    protect:
      'mcp = FastMCP("…", auth=ScalekitProvider(environment_url=os.getenv("SCALEKIT_ENVIRONMENT_URL"), resource_id=os.getenv("SCALEKIT_RESOURCE_ID"), base_url=os.getenv("MCP_URL")))',
    loadEnv: 'from dotenv import load_dotenv; load_dotenv() before ScalekitProvider(…)',
    start: 'python server.py',
  },
  'mcp-python': {
    name: 'the Python SDK',
    allowHost:
      'TransportSecuritySettings(allowed_hosts=["<HOST>"]) as transport_security of the server (from mcp.server.transport_security).',
    trustForwarded: uvicorn,
    serveHttp:
      'mcp.run(transport="streamable-http", port=<PORT>) (before mcp 2 the port is an argument of FastMCP(…)).',
    mount:
      'mcp.run(transport="streamable-http", streamable_http_path="<PATH>", port=…) (before mcp 2 both are arguments of FastMCP(…)).',
    cors: 'Wrap the application: CORSMiddleware(mcp.streamable_http_app(), allow_origins=[…], expose_headers=["WWW-Authenticate", "Mcp-Session-Id"]).',
    guard:
      'transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=True, allowed_hosts=["localhost:*"], allowed_origins=[…]).',
    rootMetadata:
      '@mcp.custom_route("/.well-known/oauth-protected-resource", methods=["GET"]) with the same document.',
    protect:
      'MCPServer("…", token_verifier=…, auth=AuthSettings(issuer_url=…, resource_server_url=…)) of the SDK (FastMCP before mcp 2), or use the package fastmcp with its ScalekitProvider.',
    loadEnv: 'from dotenv import load_dotenv; load_dotenv() before the first os.getenv(…)',
    start: 'python server.py',
  },
  fastapi: {
    name: 'FastAPI',
    allowHost:
      'app.add_middleware(TrustedHostMiddleware, allowed_hosts=["<HOST>", "localhost"]), and transport_security=TransportSecuritySettings(allowed_hosts=["<HOST>"]) of the MCP application.',
    trustForwarded: uvicorn,
    serveHttp:
      'app.mount("/", mcp.streamable_http_app()), with async with mcp.session_manager.run() in the lifespan of the application; fastapi-mcp: mcp.mount_http().',
    mount:
      'app.mount("/", mcp.streamable_http_app(streamable_http_path="<PATH>")); fastapi-mcp: mcp.mount_http(mount_path="<PATH>").',
    cors: 'app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:6274"], allow_methods=["*"], allow_headers=["*"], expose_headers=["WWW-Authenticate", "Mcp-Session-Id"])',
    guard:
      'app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "<your host>"]), and 403 for an Origin that you do not know.',
    rootMetadata:
      '@app.get("/.well-known/oauth-protected-resource") with the same document, above app.mount("/", …), without a token.',
    namedMetadata:
      'Mount the MCP application at the root: app.mount("/", mcp.streamable_http_app()). Mounted at a path it has its /.well-known/ below that path, where no client asks.',
    protect:
      'MCPServer("…", token_verifier=…, auth=AuthSettings(issuer_url=…, resource_server_url=…)); fastapi-mcp: FastApiMCP(app, auth_config=AuthConfig(dependencies=[Depends(require_scalekit)])), where require_scalekit verifies the token and raises HTTPException(401, headers={"WWW-Authenticate": …}).',
    behindCheck:
      'Run the session manager in the lifespan of the outer application, since those of mounted ones are never called: async with mcp.session_manager.run(): yield.',
    loadEnv: 'from dotenv import load_dotenv; load_dotenv() before the first os.getenv(…)',
    start: 'uvicorn main:app --port <PORT>',
  },
  'mcp-use': {
    name: 'mcp-use',
    allowHost: 'new MCPServer({ allowedHosts: ["<HOST>"], … })',
    trustForwarded: 'MCP_URL=https://… : mcp-use takes its public address from there.',
    serveHttp: 'await server.listen(Number(process.env.PORT)); mcp-use serves Streamable HTTP at /mcp.',
    mount: 'mcp-use serves MCP at /mcp; give clients that path.',
    cors: 'new MCPServer({ cors: { origin: ["http://localhost:6274"], exposeHeaders: ["WWW-Authenticate"] } })',
    guard: 'new MCPServer({ allowedHosts: […], allowedOrigins: […] })',
    rootMetadata: 'server.get("/.well-known/oauth-protected-resource", (c) => c.json(metadata))',
    protect:
      'new MCPServer({ oauth: oauthScalekitProvider({ environmentUrl, resourceId }) }) of mcp-use/oauth/scalekit (mcp-use 2.5).',
    start: 'npm run dev',
  },
  xmcp: {
    name: 'xmcp',
    allowHost: 'In xmcp.config.ts: http: { host: "0.0.0.0" }; let the proxy in front check the Host <HOST>.',
    trustForwarded: 'In src/middleware.ts give scalekitProvider the https URL as baseURL.',
    serveHttp: 'In xmcp.config.ts: http: true',
    mount: 'In xmcp.config.ts: http: { endpoint: "<PATH>" }',
    cors: 'In xmcp.config.ts: http: { cors: { origin: ["http://localhost:6274"], exposedHeaders: ["WWW-Authenticate"] } }',
    guard: 'In src/middleware.ts: answer 403 if the Host or the Origin is not known.',
    rootMetadata: 'xmcp has the metadata at the root; add the path form in src/middleware.ts.',
    protect:
      'src/middleware.ts: export default scalekitProvider({ … }) of @xmcp-dev/scalekit, or a function (req, res, next) of your own that answers 401. An export of any other form is silently ignored.',
    start: 'npm run dev',
  },
  'mcp-framework': {
    name: 'mcp-framework',
    allowHost:
      'transport: { type: "http-stream", options: { cors: { … } } }; let the proxy in front check the Host <HOST>.',
    trustForwarded: 'Set the resource of its OAuth configuration to the https URL.',
    serveHttp:
      'new MCPServer({ transport: { type: "http-stream", options: { port: <PORT>, endpoint: "/mcp" } } })',
    mount: 'new MCPServer({ transport: { type: "http-stream", options: { endpoint: "<PATH>" } } })',
    cors: 'transport.options.cors: { allowOrigin: "http://localhost:6274", allowHeaders: "authorization, content-type, mcp-protocol-version", exposeHeaders: "WWW-Authenticate, Mcp-Session-Id" }',
    guard: 'Let the proxy in front answer 403 to a Host and an Origin that are not known.',
    rootMetadata:
      'mcp-framework has the metadata at the root; let the proxy in front serve the path form, too.',
    protect:
      'transport.options.auth: { provider: new OAuthAuthProvider({ authorizationServers: [issuer], resource, validation: { type: "jwt", jwksUri, audience, issuer } }) }',
    loadEnv: 'import "dotenv/config" as the first line of src/index.ts, or node --env-file=.env',
    start: 'npm start',
  },
  skybridge: {
    ...express,
    name: 'Skybridge',
    serveHttp: 'await server.run(): Skybridge serves Streamable HTTP at /mcp.',
    mount: 'Skybridge serves MCP at /mcp; give clients that path.',
    cors: 'server.use(cors({ origin: ["http://localhost:6274"], allowedHeaders: ["authorization", "content-type", "mcp-protocol-version"], exposedHeaders: ["WWW-Authenticate", "Mcp-Session-Id"] })) before the token is checked; for the metadata only, origin: "*".',
    trustForwarded: 'server.express.set("trust proxy", 1); and build addresses from the public URL.',
    rootMetadata:
      'server.express.get("/.well-known/oauth-protected-resource", (req, res) => res.json(metadata)) before server.run().',
    protect: `${jose}: server.use("/mcp", requireScalekit) before server.run().`,
    start: 'npm run dev',
  },
  'fastmcp-js': {
    ...express,
    name: 'fastmcp (TypeScript)',
    serveHttp: 'server.start({ transportType: "httpStream", httpStream: { port: <PORT> } })',
    mount: 'server.start({ transportType: "httpStream", httpStream: { port: <PORT>, endpoint: "<PATH>" } })',
    protect:
      'new FastMCP({ authenticate: async (request) => … }), which throws new Response(null, { status: 401, headers })',
  },
  next: {
    ...express,
    name: 'Next',
    allowHost: 'Allow <HOST> in the platform’s domains; Next itself does not check the Host.',
    trustForwarded: 'Build addresses from MCP_URL and not from request.url.',
    serveHttp:
      'app/mcp/route.ts: export { handler as GET, handler as POST } with const handler = createMcpHandler((server) => { … }) of mcp-handler.',
    mount:
      'mcp-handler serves MCP at <basePath>/mcp: put the file at app<PATH>/route.ts, and give createMcpHandler the folder above it as basePath.',
    cors: 'export OPTIONS from the route, too, with Access-Control-Allow-Origin for known pages and Access-Control-Expose-Headers: WWW-Authenticate; for the metadata metadataCorsOptionsRequestHandler() of mcp-handler.',
    guard: 'In the route answer 403 to a Host and to an Origin that are not known.',
    rootMetadata:
      'app/.well-known/oauth-protected-resource/route.ts: export const GET = () => Response.json(metadata).',
    protect: `${jose}: withMcpAuth(handler, verifyToken, { required: true }) of mcp-handler, and export its result.`,
    loadEnv: undefined,
    start: 'npm run dev',
  },
  hono: {
    ...express,
    name: 'Hono',
    allowHost:
      'hostHeaderValidation(["<HOST>"]) of @modelcontextprotocol/hono, or allow <HOST> in your own check of the Host.',
    trustForwarded:
      'Build addresses from MCP_URL and not from c.req.url; const app = new Hono({ strict: false }) for the slash.',
    serveHttp:
      'app.all("/mcp", async (c) => { const transport = new WebStandardStreamableHTTPServerTransport(); await createServer().connect(transport); return transport.handleRequest(c.req.raw); });',
    mount: 'app.all("<PATH>", …) has to pass c.req.raw to the MCP transport.',
    cors: 'app.use("*", cors({ origin: ["http://localhost:6274"], allowHeaders: ["authorization", "content-type", "mcp-protocol-version"], exposeHeaders: ["WWW-Authenticate", "Mcp-Session-Id"] })) before the token is checked.',
    guard:
      'app.use(hostHeaderValidation([…])) of @modelcontextprotocol/hono, and 403 for an Origin that you do not know.',
    rootMetadata:
      'app.get("/.well-known/oauth-protected-resource", (c) => c.json(metadata)) before the token is checked.',
    protect: `${jose}: app.use("/mcp", requireScalekit) before app.all("/mcp", …).`,
  },
  express,
  sdk: {
    ...express,
    name: 'the TypeScript SDK',
    allowHost:
      'allowedHosts: ["<HOST>"] of the transport (v1: with enableDnsRebindingProtection) or of hostHeaderValidation (v2).',
    mount: 'In the HTTP server’s router, pass requests for <PATH> to the MCP transport.',
  },
  python: {
    name: 'Python',
    allowHost:
      'Allow <HOST> in the server’s Host check (Starlette: TrustedHostMiddleware(allowed_hosts=["<HOST>"])).',
    trustForwarded: uvicorn,
    serveHttp: 'mcp.run(transport="http")',
    mount:
      'Mount the MCP application at <PATH>: app.mount("/", mcp.http_app(path="<PATH>")), with lifespan=mcp_app.lifespan.',
    cors: 'app.add_middleware(CORSMiddleware, allow_origins=[…], allow_headers=["*"], expose_headers=["WWW-Authenticate"]) (Starlette, FastAPI).',
    guard:
      'app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "<your host>"]), and 403 for an Origin that you do not know.',
    rootMetadata:
      '@app.get("/.well-known/oauth-protected-resource") with the same document, without a token.',
    protect: 'FastMCP(…, auth=ScalekitProvider(…)) in front of the tools.',
    loadEnv: 'from dotenv import load_dotenv; load_dotenv() before the first os.getenv(…)',
    start: 'python server.py',
  },
  node: { ...express, name: 'Node' },
  unknown: {
    ...express,
    name: 'the server',
    allowHost: 'allow <HOST> in the server’s own list of hosts.',
    trustForwarded: 'Build addresses from the public URL, or trust X-Forwarded-Proto of the proxy.',
    serveHttp: 'Serve MCP over Streamable HTTP: POST to one endpoint, usually /mcp.',
    mount: 'Serve MCP at <PATH>, or give clients the path at which it is served.',
    cors: 'Answer OPTIONS before the token is checked, with Access-Control-Allow-Origin for known pages and Access-Control-Expose-Headers: WWW-Authenticate.',
    guard: 'Answer 403 to a Host and to an Origin that are not known.',
    rootMetadata: 'Serve the same JSON at /.well-known/oauth-protected-resource, without asking for a token.',
    protect:
      'Check the token before the request reaches MCP: signature, issuer, audience (the resource id) and times.',
    start: 'the server’s own start command',
  },
};
