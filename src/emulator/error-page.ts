import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { InvalidRedirectUri, SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import { kindOfIdentifier, printable } from '../scalekit/index.ts';
import { codes, type Html, html } from './html.ts';
import { page, pageHeaders } from './layout.ts';

/** The error page for an authorization request whose error cannot be sent to the client. */
interface Failure {
  readonly title: string;
  readonly content: Html;
}

/** How to make clients drop a cached registration. */
const forget = html`<h2>Make the client forget</h2>
<ul>
<li>MCP Inspector: <em>Open Auth Settings</em>, then <em>Clear OAuth State</em>; leave its client id field empty</li>
<li>VS Code: the command <em>Authentication: Remove Dynamic Authentication Providers</em></li>
<li>Claude Code: <code>/mcp</code>, choose the server, then <em>Clear authentication</em></li>
<li>mcp-remote: delete the folder <code>~/.mcp-auth</code></li>
<li>others: remove the MCP server from the client and add it again</li>
</ul>
<p>Then connect again: the client registers again.</p>`;

/** docs/scalekit.md#documented-failures, 13. */
function unknownClient(clientId: string): Failure {
  const kind = kindOfIdentifier(clientId);
  const isOtherKind = kind !== undefined && !clientId.startsWith('m2m_');
  const reason = isOtherKind
    ? html`<p>The client id <code>${clientId}</code> is ${kind}, not an OAuth client. MCP clients register themselves
and get an id of the form <code>m2m_…</code>. Leave the client id empty in the client’s settings.</p>`
    : html`<p>The client sent the id <code>${clientId}</code>, which this Scalekit does not know. Usually the client
has cached a registration from another environment, or from before a reset.</p>`;
  return {
    title: 'This client is unknown here',
    content: html`${reason}
<p class="quiet">Scalekit itself answers <code>unable to retrieve client by id</code> or
<code>invalid_client_metadata_url</code>.</p>
${forget}`,
  };
}

function brokenDocument(clientId: string, description: string): Failure {
  return {
    title: 'The client’s document cannot be used',
    content: html`<p>The client identifies itself by the document at <code>${clientId}</code>, which cannot be used:
${description}.</p>
<p>It has to be public, on https, at exactly this address. It has to be JSON with this address as its
<code>client_id</code>, and with <code>redirect_uris</code>.</p>
<p>To work without documents, start <code>scalekit-mcp dev</code> or <code>scalekit-mcp emulate</code> with
<code>--client-documents off</code>: clients then register themselves. Scalekit’s dashboard has the same switch.</p>
${forget}`,
  };
}

/** docs/scalekit.md#documented-failures, 14. */
function wrongRedirect(sent: string, registered: readonly string[]): Failure {
  return {
    title: 'The redirect URI is not registered',
    content: html`<p>The client asks to be called back at an address that it has not registered. Usually its address has
changed since the registration that it has cached.</p>
<dl>
<dt>Sent</dt><dd><code>${sent}</code></dd>
<dt>Registered</dt><dd>${registered.length > 0 ? codes(registered) : 'none'}</dd>
</dl>
${forget}`,
  };
}

const expired: Failure = {
  title: 'This request has ended',
  content: html`<p>It was answered already, it is more than an hour old, or the browser did not send its cookie.</p>
<p>Go back to the client and connect again.</p>`,
};

function refused(error: string, description: string): Failure {
  return {
    title: 'The request was refused',
    content: html`<p>The client’s request is invalid, and the error cannot be sent back to the client: ${description}.</p>
<p class="quiet">Error code: <code>${error}</code></p>`,
  };
}

/** @returns the messages of an error's causes, outermost first. */
function causes(error: unknown): readonly string[] {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return [cause.message, ...causes(cause)].filter((message) => message !== '');
  const detail = error instanceof Error && 'error_detail' in error ? error.error_detail : undefined;
  return typeof detail === 'string' ? [detail] : [];
}

function describe(context: KoaContextWithOIDC, error: string, description: string, cause: unknown): Failure {
  const query = new URLSearchParams(context.querystring);
  const clientId = printable(query.get('client_id') ?? '');
  if (cause instanceof SessionNotFound) return expired;
  if (cause instanceof InvalidRedirectUri)
    return wrongRedirect(query.get('redirect_uri') ?? '', context.oidc.client?.redirectUris ?? []);
  if (clientId.startsWith('https://') && context.oidc.client === undefined) {
    return brokenDocument(clientId, [description, ...causes(cause)].join(': '));
  }
  return error === 'invalid_client' ? unknownClient(clientId) : refused(error, description);
}

function failurePage({ title, content }: Failure): string {
  return page(title, html`<h1>${title}</h1>\n${content}`);
}

/** @returns the page for a form whose request is no longer open. */
export function expiredPage(): string {
  return failurePage(expired);
}

/**
 * The library's hook for errors that cannot be sent to the client: a page at the authorization endpoint, unless the
 * request prefers JSON; JSON everywhere else.
 */
export const renderError: NonNullable<Configuration['renderError']> = (context, out, error) => {
  const isPage =
    /^(?:authorization|resume)$/.test(context.oidc.route) && context.accepts('html', 'json') === 'html';
  if (!isPage) {
    context.body = out;
    return;
  }
  context.set({ ...pageHeaders, 'x-content-type-options': 'nosniff' });
  context.type = 'html';
  context.body = failurePage(describe(context, out.error, out.error_description ?? out.error, error));
};
