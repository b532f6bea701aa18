import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { InvalidRedirectUri, SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import { kindOfIdentifier, printable } from '../scalekit/index.ts';
import { codes, type Html, html } from './html.ts';
import { page, pageHeaders } from './layout.ts';

/** What went wrong with an authorization request that cannot be sent back to the client. */
interface Failure {
  readonly title: string;
  readonly content: Html;
}

/** How clients forget the registration that they have cached. */
const forget = html`<h2>Make the client forget</h2>
<ul>
<li>MCP Inspector: <em>Open Auth Settings</em>, then <em>Clear OAuth State</em>; leave its client id field empty</li>
<li>VS Code: the command <em>Authentication: Remove Dynamic Authentication Providers</em></li>
<li>Claude Code: <code>/mcp</code>, choose the server, then <em>Clear authentication</em></li>
<li>mcp-remote: delete the folder <code>~/.mcp-auth</code></li>
<li>others: remove the MCP server from the client and add it again</li>
</ul>
<p>Then connect once more: the client registers itself anew.</p>`;

/** docs/scalekit.md#documented-failures, 13. */
function unknownClient(clientId: string): Failure {
  const kind = kindOfIdentifier(clientId);
  const isOtherKind = kind !== undefined && !clientId.startsWith('m2m_');
  const reason = isOtherKind
    ? html`<p>The client id <code>${clientId}</code> is ${kind}. That is no OAuth client: MCP clients register themselves
and are given an id of the form <code>m2m_…</code>. Leave the client id empty in the client’s settings.</p>`
    : html`<p>The client sent the id <code>${clientId}</code>, which this Scalekit never issued or has forgotten. Most
often the client has cached a registration from another environment, or from before a reset.</p>`;
  return {
    title: 'This client is unknown here',
    content: html`${reason}
<p class="quiet">Scalekit itself says <code>unable to retrieve client by id</code> or
<code>invalid_client_metadata_url</code> to this.</p>
${forget}`,
  };
}

function brokenDocument(clientId: string, description: string): Failure {
  return {
    title: 'The client’s document cannot be used',
    content: html`<p>The client identifies itself by the document at <code>${clientId}</code>. It could not be used:
${description}.</p>
<p>It has to be public, on https, at exactly this address, JSON, and hold this address as its
<code>client_id</code>, and <code>redirect_uris</code>.</p>
<p>To do without documents, start <code>scalekit-mcp dev</code> or <code>scalekit-mcp emulate</code> with
<code>--client-documents off</code>: clients then register themselves. Scalekit’s dashboard has the same switch.</p>
${forget}`,
  };
}

/** docs/scalekit.md#documented-failures, 14. */
function wrongRedirect(sent: string, registered: readonly string[]): Failure {
  return {
    title: 'The answer would go somewhere else',
    content: html`<p>The client wants its answer at an address that it has not registered. Most often its address has
changed, and the registration that it has cached is from before.</p>
<dl>
<dt>Sent</dt><dd><code>${sent}</code></dd>
<dt>Registered</dt><dd>${registered.length > 0 ? codes(registered) : 'none'}</dd>
</dl>
${forget}`,
  };
}

const expired: Failure = {
  title: 'This request is over',
  content: html`<p>It has been answered already, an hour has passed, or the browser did not send its cookie.</p>
<p>Go back to the client and connect again.</p>`,
};

function refused(error: string, description: string): Failure {
  return {
    title: 'The request was refused',
    content: html`<p>The client’s request cannot be answered, nor sent back to the client: ${description}.</p>
<p class="quiet">Error code: <code>${error}</code></p>`,
  };
}

/** @returns what lies behind an error, level by level. */
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

/** @returns the page for a person whose answer belongs to no open request. */
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
