import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { noFacts, type ProjectFacts } from '../../src/doctor/facts/index.ts';
import { gatherProject } from '../../src/doctor/gather/project/project.ts';
import { everything } from '../../src/doctor/selection.ts';
import { fastMcpServer } from '../support/fastmcp.ts';
import { temporaryDirectory } from '../support/temporary.ts';

export type Files = Readonly<Record<string, string>>;

export async function folder(files: Files): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text, { mode: 0o600 });
  }
  return directory;
}

export async function read(files: Files): Promise<ProjectFacts> {
  const fact = await gatherProject(await folder(files), {});
  if (!fact.known) throw new Error(fact.why);
  return fact.value;
}

/** The codes above advice that the files alone lead to, the cause first. */
export async function codesOf(files: Files): Promise<readonly string[]> {
  const facts = { ...noFacts('Nothing was asked'), project: await gatherProject(await folder(files), {}) };
  const { results } = diagnose(facts, { selection: everything, failOn: 'error' });
  return results
    .filter(({ state, level }) => state === 'found' && level !== 'advice')
    .map(({ code }) => code);
}

export const npm = (dependencies: Files, scripts: Files = {}) =>
  JSON.stringify({ name: 'x', type: 'module', scripts, dependencies });

export const metadata = JSON.stringify({
  authorization_servers: ['https://acme.scalekit.dev/resources/res_1'],
  resource: 'http://localhost:3002/',
  scopes_supported: ['a:b'],
});

export const env =
  'PORT=3002\nSCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_RESOURCE_ID=res_1\nMCP_URL=http://localhost:3002/\n';

export const fastmcp = fastMcpServer();

export const python = (server: string): Files => ({
  '.env': env,
  'requirements.txt': 'fastmcp==4.2.3\npython-dotenv\n',
  'server.py': server,
});

export const express = `import express from 'express';
process.loadEnvFile();
const app = express();
app.post('/mcp', (req, res) => transport.handleRequest(req, res));
new StreamableHTTPServerTransport();
const resource = process.env.MCP_URL;
export const env = process.env.SCALEKIT_ENVIRONMENT_URL + process.env.SCALEKIT_RESOURCE_ID;
app.listen(process.env.PORT ?? 3002);
`;
