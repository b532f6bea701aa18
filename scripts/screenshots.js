// Takes the pictures of the consent page in docs/images/: `npm run screenshots`. Needs Chromium (CHROMIUM_PATH says where).
import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

// What `npm run build` made.
const { startEmulator } = await import(new URL('../dist/emulator.js', import.meta.url).href);

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));

const pictures = {
  'consent-desktop': { colorScheme: 'light', viewport: { width: 900, height: 400 } },
  'consent-phone': { colorScheme: 'light', viewport: { width: 360, height: 400 } },
  'consent-dark': { colorScheme: 'dark', viewport: { width: 900, height: 400 } },
};

/** As `npm run dev` describes them in a todo project. */
const scopes = [
  { name: 'todo:read', description: 'Read your todos' },
  { name: 'todo:write', description: 'Create, change and delete your todos' },
];

const redirectUri = 'http://127.0.0.1:6274/oauth/callback';

/** Registers a client. @returns the address to which it would send the browser. */
async function authorizationUrl({ url, resourceId, mcpUrl }) {
  const metadata = await fetch(`${url}/.well-known/oauth-authorization-server/resources/${resourceId}`);
  const { registration_endpoint, authorization_endpoint } = await metadata.json();
  const registered = await fetch(registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'MCP Inspector',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
    }),
  });
  const { client_id } = await registered.json();
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
  const request = new URL(authorization_endpoint);
  request.search = new URLSearchParams({
    client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    resource: `${mcpUrl}mcp`,
    scope: 'todo:read todo:write offline_access',
  });
  return request.href;
}

await mkdir(folder, { recursive: true });
const scalekit = await startEmulator({ scopes, mcpUrl: 'http://localhost:3002/' });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox'],
});
try {
  for (const [name, options] of Object.entries(pictures)) {
    const page = await browser.newPage(options);
    await page.goto(await authorizationUrl(scalekit));
    await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
    await page.close();
  }
} finally {
  await browser.close();
  await scalekit.close();
}
