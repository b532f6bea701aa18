import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { examine, type Files, installed, nodeProject, running } from './foreign.ts';

/** Real servers of the frameworks that people choose, installed from npm: right ones, and broken ones with the cause first. */

interface Broken {
  readonly name: string;
  readonly edit: (files: Files) => Files;
  /** The codes above advice; the first is the cause. */
  readonly codes: readonly string[];
  readonly fix?: RegExp;
}

interface Framework {
  readonly name: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly options?: readonly string[];
  readonly files: Files;
  /** Its own build step. */
  readonly build?: (directory: string) => void;
  readonly start: readonly string[];
  readonly broken: readonly Broken[];
}

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** Replaces a part of a file; the part must exist. */
const edited = (file: string, before: string | RegExp, after: string) => (files: Files) => {
  const text = files[file]?.replace(before, () => after);
  if (text === undefined || text === files[file]) throw new Error(`${file} has no ${before}`);
  return { ...files, [file]: text };
};

const both = (one: Broken['edit'], other: Broken['edit']) => (files: Files) => other(one(files));

/** What owners write who check the token by hand. */
const byHand = `import { createRemoteJWKSet, jwtVerify } from 'jose';

const { SCALEKIT_ENVIRONMENT_URL: envUrl, SCALEKIT_RESOURCE_ID: resourceId, MCP_URL } = process.env;
const wellKnown = '/.well-known/oauth-protected-resource';
const keys = createRemoteJWKSet(new URL('/keys', envUrl));
const metadata = {
  resource: new URL('mcp', MCP_URL).href,
  authorization_servers: [\`\${envUrl}/resources/\${resourceId}\`],
  scopes_supported: ['todo:read', 'todo:write'],
};

const publish = (req, res, next) =>
  req.method === 'GET' && [wellKnown, \`\${wellKnown}/mcp\`].includes(req.originalUrl) ? res.json(metadata) : next();

const requireScalekit = async (req, res, next) => {
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  try {
    if (token === undefined) throw new Error('no token');
    await jwtVerify(token, keys, { audience: resourceId, issuer: [envUrl, \`\${envUrl}/resources/\${resourceId}\`] });
    next();
  } catch {
    const error = token === undefined ? '' : 'error="invalid_token", ';
    const where = new URL(\`\${wellKnown}/mcp\`, MCP_URL);
    res.status(401).set('WWW-Authenticate', \`Bearer \${error}resource_metadata="\${where}", scope="todo:read"\`).json({ error: 'unauthorized' });
  }
};
`;

const anotherIssuer = /issuer: \[envUrl, .*?\]/;

const mcpUse: Framework = {
  name: 'mcp-use',
  packages: { 'mcp-use': '~2.5.2', dotenv: '^17.0.0', zod: '^4.2.0' },
  files: {
    'index.js': `import 'dotenv/config';
import { MCPServer } from 'mcp-use';
import { oauthScalekitProvider } from 'mcp-use/oauth/scalekit';
import { z } from 'zod';

const server = new MCPServer({
  name: 'todo',
  version: '1.0.0',
  oauth: oauthScalekitProvider({
    environmentUrl: process.env.SCALEKIT_ENVIRONMENT_URL,
    resourceId: process.env.SCALEKIT_RESOURCE_ID,
    scopesSupported: ['todo:read', 'todo:write'],
  }),
});
server.tool(
  { name: 'greet', title: 'Greet', description: 'Greets', inputSchema: z.object({ name: z.string() }) },
  async ({ name }) => ({ content: [{ type: 'text', text: name }] }),
);
await server.listen(Number(process.env.PORT));
`,
  },
  start: ['index.js'],
  broken: [
    {
      name: 'no provider',
      edit: edited('index.js', /oauth: oauthScalekitProvider\([\s\S]*?\}\),\n/, ''),
      codes: ['SKM304'],
      fix: /oauthScalekitProvider/,
    },
    {
      name: 'the id of another server',
      edit: edited('index.js', 'process.env.SCALEKIT_RESOURCE_ID', "'res_99'"),
      codes: ['SKM317'],
    },
    {
      name: 'two at once: a public address of before, and a scope that Scalekit does not have',
      edit: edited(
        'index.js',
        "scopesSupported: ['todo:read'",
        "resource: 'https://old.example.com/mcp', scopesSupported: ['todo:raed'",
      ),
      codes: ['SKM213', 'SKM313'],
    },
  ],
};

const xmcp: Framework = {
  name: 'xmcp',
  packages: { xmcp: '~1.1.3', '@xmcp-dev/compiler': '~1.1.3', jose: '^6.1.0', zod: '^4.2.0' },
  files: {
    'xmcp.config.ts': `export default {
  http: { port: Number(process.env.PORT), cors: { origin: 'http://localhost:6274', exposedHeaders: ['WWW-Authenticate'] } },
  paths: { tools: './src/tools', prompts: false, resources: false },
};
`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        module: 'ESNext',
        moduleResolution: 'bundler',
        target: 'ES2022',
        skipLibCheck: true,
      },
    }),
    'src/tools/greet.ts': `import { z } from 'zod';

export const schema = { name: z.string().describe('Whom to greet') };
export const metadata = { name: 'greet', description: 'Greets', annotations: { title: 'Greet', readOnlyHint: true } };
export default function greet({ name }) {
  return name;
}
`,
    'src/middleware.ts': `${byHand}\nexport default [publish, requireScalekit];\n`,
  },
  build: (directory) =>
    // Its type check fails for lack of types here, but it writes the server all the same.
    void (() => {
      try {
        execFileSync(process.execPath, ['node_modules/xmcp/dist/cli.js', 'build'], {
          cwd: directory,
          stdio: 'ignore',
        });
      } catch {}
    })(),
  start: ['dist/http.js'],
  broken: [
    {
      name: 'an export that xmcp passes over',
      edit: edited(
        'src/middleware.ts',
        '[publish, requireScalekit]',
        '{ router: publish, middleware: requireScalekit }',
      ),
      codes: ['SKM304'],
      fix: /silently ignored/,
    },
    {
      name: 'two at once: a path for an address, and one issuer',
      edit: both(
        edited(
          'src/middleware.ts',
          /new URL\((`.*?\/mcp`), MCP_URL\)/,
          '`/.well-known/oauth-protected-resource/mcp`',
        ),
        edited('src/middleware.ts', anotherIssuer, 'issuer: "https://acme.scalekit.dev"'),
      ),
      codes: ['SKM307', 'SKM501'],
    },
  ],
};

const mcpFramework: Framework = {
  name: 'mcp-framework',
  packages: { 'mcp-framework': '~0.2.22', dotenv: '^17.0.0', zod: '^3.25.0' },
  files: {
    'src/tools/GreetTool.js': `import { MCPTool } from 'mcp-framework';
import { z } from 'zod';

export default class GreetTool extends MCPTool {
  name = 'greet';
  description = 'Greets';
  schema = z.object({ name: z.string().describe('Whom to greet') });
  async execute({ name }) {
    return name;
  }
}
`,
    'src/index.js': `import 'dotenv/config';
import { MCPServer, OAuthAuthProvider } from 'mcp-framework';

const { SCALEKIT_ENVIRONMENT_URL: envUrl, SCALEKIT_RESOURCE_ID: resourceId, MCP_URL, PORT } = process.env;
const resourceIssuer = \`\${envUrl}/resources/\${resourceId}\`;

class Scalekit extends OAuthAuthProvider {
  getWWWAuthenticateHeader(error) {
    const where = new URL('.well-known/oauth-protected-resource', MCP_URL);
    return \`Bearer error="\${error}", resource_metadata="\${where}", scope="todo:read"\`;
  }
}

const server = new MCPServer({
  transport: {
    type: 'http-stream',
    options: {
      port: Number(PORT),
      endpoint: '/mcp',
      cors: { allowOrigin: 'http://localhost:6274', allowHeaders: 'authorization, content-type, mcp-protocol-version', exposeHeaders: 'WWW-Authenticate, Mcp-Session-Id' },
      auth: {
        provider: new Scalekit({
          authorizationServers: [resourceIssuer],
          resource: new URL('mcp', MCP_URL).href,
          validation: { type: 'jwt', jwksUri: \`\${envUrl}/keys\`, audience: resourceId, issuer: [envUrl, resourceIssuer] },
        }),
      },
    },
  },
});
await server.start();
`,
  },
  build: (directory) => {
    mkdirSync(join(directory, 'dist/tools'), { recursive: true });
    for (const file of ['index.js', 'tools/GreetTool.js'])
      copyFileSync(join(directory, 'src', file), join(directory, 'dist', file));
  },
  start: ['dist/index.js'],
  broken: [
    {
      name: 'its own challenge, which names no metadata',
      edit: edited('src/index.js', 'new Scalekit(', 'new OAuthAuthProvider('),
      codes: ['SKM306', 'SKM309'],
    },
    {
      name: 'two at once: its own challenge, and one issuer',
      edit: both(
        edited('src/index.js', 'new Scalekit(', 'new OAuthAuthProvider('),
        edited('src/index.js', /issuer: \[envUrl, .*?\]/, 'issuer: "https://acme.scalekit.dev"'),
      ),
      codes: ['SKM306', 'SKM309', 'SKM501'],
    },
    {
      name: 'no provider at all',
      edit: edited('src/index.js', /auth: \{[\s\S]*?\}\),\n {6}\},\n/, ''),
      codes: ['SKM304'],
      fix: /OAuthAuthProvider/,
    },
  ],
};

const skybridge: Framework = {
  name: 'skybridge',
  packages: {
    skybridge: '~1.0.3',
    '@modelcontextprotocol/sdk': '^1.29.0',
    dotenv: '^17.0.0',
    cors: '^2.8.5',
    jose: '^6.1.0',
    zod: '^4.2.0',
  },
  // Its peer dependencies are only for building pages.
  options: ['--legacy-peer-deps'],
  files: {
    'index.js': `import 'dotenv/config';
import cors from 'cors';
import { McpServer } from 'skybridge/server';
import { z } from 'zod';
${byHand}
const server = new McpServer({ name: 'todo', version: '1.0.0' }, { capabilities: {} });
server.registerTool(
  { name: 'greet', title: 'Greet', description: 'Greets', inputSchema: { name: z.string() } },
  async ({ name }) => ({ content: [{ type: 'text', text: name }] }),
);
server.use(cors({ origin: 'http://localhost:6274', exposedHeaders: ['WWW-Authenticate', 'Mcp-Session-Id'] }));
server.use(publish);
server.use('/mcp', requireScalekit);
await server.run();
`,
  },
  start: ['index.js'],
  broken: [
    {
      name: 'no token check',
      edit: edited('index.js', "server.use('/mcp', requireScalekit);\n", ''),
      codes: ['SKM304'],
      fix: /server\.use\("\/mcp", requireScalekit\)/,
    },
    {
      name: 'two at once: the audience is the URL, and the metadata comes after the token check',
      edit: both(
        edited('index.js', 'audience: resourceId', 'audience: "https://elsewhere.example.com/"'),
        edited(
          'index.js',
          "server.use(publish);\nserver.use('/mcp', requireScalekit);",
          'server.use(requireScalekit);\nserver.use(publish);',
        ),
      ),
      codes: ['SKM311', 'SKM501'],
    },
  ],
};

async function made(
  { name, packages, options, files, build }: Framework,
  change: Broken['edit'] = (same) => same,
) {
  const folder = await installed(name, packages, options);
  const project = await nodeProject(emulator, folder, packages, change(files));
  build?.(project.directory);
  return project;
}

for (const framework of [mcpUse, xmcp, mcpFramework, skybridge]) {
  describe(framework.name, () => {
    beforeAll(() => installed(framework.name, framework.packages, framework.options), 600_000);

    test('a correct server has no finding above advice', async () => {
      const project = await made(framework);
      await running(project, framework.start);
      const said = await examine(project);
      expect(said.found.filter(({ level }) => level !== 'advice')).toEqual([]);
      expect(said.exitCode).toBe(0);
    });

    test.each(framework.broken)('$name', async ({ edit, codes, fix }) => {
      const project = await made(framework, edit);
      await running(project, framework.start);
      const said = await examine(project);
      expect(said.above).toEqual(codes);
      expect(said.first?.code).toBe(codes[0]);
      if (fix !== undefined) expect(said.first?.fix).toMatch(fix);
      expect(said.exitCode).toBe(1);
    });
  });
}
