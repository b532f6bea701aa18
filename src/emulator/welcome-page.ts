import { codes, type Html, html } from './html.ts';
import { page } from './layout.ts';
import { type Settings, scopeNames } from './settings.ts';
import { machineClient } from './users.ts';
import { envLines } from './variables.ts';

function link(url: string): Html {
  return html`<a href="${url}">${new URL(url).pathname}</a>`;
}

/** @returns the page at the environment URL itself: that the local Scalekit runs, and how to use it. */
export function welcomePage(settings: Settings): string {
  const { endpoints } = settings;
  return page(
    'Running',
    html`<h1>The local Scalekit is running</h1>
<p>A server with these lines in its <code>.env</code> uses it:</p>
<pre tabindex="0" role="region" aria-label="Lines for .env"><code>${envLines(settings).join('\n')}</code></pre>
<h2>What it offers</h2>
<dl>
<dt>Metadata</dt><dd>${link(endpoints.metadata)}</dd>
<dt>Keys</dt><dd>${link(endpoints.keys)}</dd>
<dt>Scopes</dt><dd>${codes(scopeNames(settings))}</dd>
<dt>Users</dt><dd>${codes(settings.users.map(({ id }) => id))}</dd>
<dt>Machine client</dt><dd>${codes([machineClient.clientId])} with the secret ${codes([machineClient.clientSecret])}</dd>
</dl>`,
  );
}
