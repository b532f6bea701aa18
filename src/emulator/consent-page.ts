import { isLoopback } from '../scalekit/index.ts';
import type { EmulatorUser } from './contract.ts';
import { codes, displayName, type Html, html } from './html.ts';
import { page } from './layout.ts';
import type { ScopeDefinition } from './settings.ts';

/** What the page shows and asks. */
export interface Question {
  /** The client's own name for itself, which proves nothing. */
  readonly clientName: string | undefined;
  readonly clientId: string;
  /** Why the client's document cannot be reached, if the client is trusted all the same. */
  readonly trusted: string | undefined;
  readonly redirectUri: string;
  /** The MCP endpoint. */
  readonly resource: string;
  readonly scopes: readonly ScopeDefinition[];
  /** Requested, but not defined. */
  readonly unknownScopes: readonly string[];
  /** Whether it requested OpenID scopes, which are granted without a checkbox. */
  readonly learnsWhoYouAre: boolean;
  /** Whether the client asked for a refresh token. */
  readonly offlineAccess: boolean;
  /** Seconds. */
  readonly tokenLifetime: number;
  readonly users: readonly EmulatorUser[];
  readonly selectedUser: string;
  /** Names of the ticked checkboxes. */
  readonly ticked: ReadonlySet<string>;
  /** What was wrong with the previous submission. */
  readonly complaint: string | undefined;
}

/** Where the user is sent back to: the part of the redirect URI that only its owner can have. */
function destination(redirectUri: string): { where: string; what: string } {
  const url = new URL(redirectUri);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { where: `${url.protocol}//`, what: 'the application on this machine that opens such links' };
  return { where: url.host, what: isLoopback(url) ? 'a program on this machine' : 'a web site' };
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? 'a minute' : `${seconds / 60} minutes`;
  return `${seconds} seconds`;
}

function origin({ clientId, trusted }: Question): string {
  if (trusted !== undefined) return 'trusted although its document cannot be reached';
  return clientId.startsWith('https://')
    ? 'described by the document at this address'
    : 'registered itself under this name';
}

function facts(question: Question): Html {
  const { where, what } = destination(question.redirectUri);
  return html`<dl>
<dt>Sends you back to</dt>
<dd><span class="where">${where}</span> <span class="aside">${what}</span></dd>
<dt>MCP server</dt>
<dd>${question.resource}</dd>
<dt>Client</dt>
<dd>${question.clientId} <span class="aside">${origin(question)}</span></dd>
</dl>`;
}

function userRow(user: EmulatorUser, selected: string): Html {
  return html`<label>
<input type="radio" name="user" value="${user.id}"${user.id === selected && html` checked`}>
<span class="what">${user.name}</span>
<span class="detail parts"><span>${user.email}</span> <code>${user.id}</code>${user.roles !== undefined && html` <span>${user.roles.join(', ')}</span>`}</span>
</label>`;
}

function scopeRow(name: string, what: string, detail: Html, ticked: boolean): Html {
  return html`<label>
<input type="checkbox" name="scope" value="${name}"${ticked && html` checked`}>
<span class="what">${what}</span>
<span class="detail">${detail}</span>
</label>`;
}

function scopeRows({ scopes, offlineAccess, ticked, tokenLifetime }: Question): readonly Html[] {
  const rows = scopes.map(({ name, description }) =>
    scopeRow(name, description, html`<code>${name}</code>`, ticked.has(name)),
  );
  if (!offlineAccess) return rows;
  const explanation = html`<code>offline_access</code> · a refresh token, so that it need not ask again when its access token expires after ${duration(tokenLifetime)}`;
  return [...rows, scopeRow('offline_access', 'Stay connected', explanation, ticked.has('offline_access'))];
}

function unknown(names: readonly string[]): Html | false {
  if (names.length === 0) return false;
  return html`<div class="note"><p>It also requested ${names.length === 1 ? 'a scope that this MCP server does' : 'scopes that this MCP server does'}
not have: ${codes(names)}.</p></div>`;
}

function trust({ trusted }: Question): Html | false {
  if (trusted === undefined) return false;
  return html`<div class="note"><p>The document that describes this client cannot be reached: <code>${trusted}</code>. The local
Scalekit accepts it because it redirects to this machine; Scalekit itself would refuse the client.</p></div>`;
}

/** @returns the page on which a person signs in and consents, in one step. The form needs no script. */
export function consentPage(question: Question): string {
  const name = displayName(question.clientName, 'A client without a name');
  const { complaint } = question;
  return page(
    `${complaint ? 'Error: ' : ''}Allow ${name}?`,
    html`${complaint !== undefined && html`<div class="alert" role="alert"><p>${complaint}</p></div>`}
<h1>Allow <bdi>${name}</bdi> to use your MCP server?</h1>
${facts(question)}
<form method="post">
<fieldset>
<legend>Sign in as</legend>
<div class="rows">
${question.users.map((user) => userRow(user, question.selectedUser))}
</div>
</fieldset>
<fieldset>
<legend>Let it</legend>
<div class="rows">
${scopeRows(question)}
</div>
</fieldset>
${question.learnsWhoYouAre && html`<p class="quiet">It also learns who you are.</p>`}
${unknown(question.unknownScopes)}
${trust(question)}
<div class="actions">
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</div>
</form>`,
  );
}
