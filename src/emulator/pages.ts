import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import { identityScopes, openIdScopes } from '../scalekit/index.ts';
import { consentPage } from './consent-page.ts';
import { expiredPage } from './error-page.ts';
import { pageHeaders } from './layout.ts';
import { definedScopes } from './provider.ts';
import { readBody } from './requests.ts';
import { sendError, sendHtml } from './responses.ts';
import { type Settings, scopeNames } from './settings.ts';
import { firstOf, userOfHint } from './users.ts';
import { welcomePage } from './welcome-page.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The pages for people. */
export interface Pages {
  /** Shows the page on which to sign in and to consent. */
  ask(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes the submitted form and redirects the browser. */
  decide(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Shows the page at the environment URL itself. */
  welcome(response: ServerResponse): void;
}

/** What the person chose, or what is preselected. */
interface Decision {
  readonly user: string;
  readonly ticked: ReadonlySet<string>;
  readonly complaint?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function requestedScopes(interaction: Interaction): readonly string[] {
  return (text(interaction.params.scope) ?? '').split(' ').filter((scope) => scope !== '');
}

/** What is preselected: all requested scopes, and the user of `login_hint` or the previous one. */
function preselection(settings: Settings, interaction: Interaction): Decision {
  const hint = text(interaction.params.login_hint);
  const user =
    userOfHint(settings.users, hint) ??
    userOfHint(settings.users, settings.lastUser?.id) ??
    firstOf(settings.users);
  return { user: user.id, ticked: new Set(requestedScopes(interaction)) };
}

async function showQuestion(
  settings: Settings,
  provider: Provider,
  interaction: Interaction,
  decision: Decision,
  response: ServerResponse,
): Promise<void> {
  const clientId = text(interaction.params.client_id) ?? '';
  const client = await provider.Client.find(clientId);
  const requested = requestedScopes(interaction);
  const defined = definedScopes(settings, text(interaction.params.scope));
  const body = consentPage({
    clientName: client?.clientName,
    clientId,
    trusted: settings.trustedClients.reason(clientId),
    redirectUri: text(interaction.params.redirect_uri) ?? '',
    resource: settings.resource,
    scopes: settings.scopes.filter(({ name }) => defined.includes(name)),
    unknownScopes: requested.filter((name) => !defined.includes(name) && !openIdScopes.has(name)),
    learnsWhoYouAre: identityScopes.some((name) => requested.includes(name)),
    offlineAccess: requested.includes('offline_access'),
    tokenLifetime: settings.tokenLifetime,
    users: settings.users,
    selectedUser: decision.user,
    ticked: decision.ticked,
    complaint: decision.complaint,
  });
  sendHtml(response, decision.complaint === undefined ? 200 : 400, body, pageHeaders);
}

/** @returns what is missing from a decision, in words, or undefined. */
function complaintAbout(settings: Settings, decision: Decision): string | undefined {
  if (!settings.users.some(({ id }) => id === decision.user)) return 'Choose a user to sign in as.';
  if (!scopeNames(settings).some((name) => decision.ticked.has(name)))
    return 'Select at least one permission, or choose Deny.';
  return undefined;
}

/** Granted as a scope of the server as well, so that it appears in the token. */
function grantIdentity(grant: InstanceType<Provider['Grant']>, scope: string, resource: string): void {
  grant.addResourceScope(resource, scope);
  grant.addOIDCScope(scope);
}

/** The library needs the OIDC scope for the refresh token; the resource scope makes it appear in the token's `scope`. */
function grantOffline(grant: InstanceType<Provider['Grant']>, isTicked: boolean, resource: string): void {
  if (isTicked) {
    grant.addOIDCScope('offline_access');
    grant.addResourceScope(resource, 'offline_access');
  } else {
    grant.rejectOIDCScope('offline_access');
    grant.rejectResourceScope(resource, 'offline_access');
  }
}

/**
 * Records the ticked scopes as granted and the others as refused: otherwise the library would ask again forever.
 * @returns the grant's id.
 */
async function saveGrant(
  settings: Settings,
  provider: Provider,
  interaction: Interaction,
  decision: Decision,
): Promise<string> {
  const grant = new provider.Grant({
    accountId: decision.user,
    clientId: text(interaction.params.client_id) ?? '',
  });
  const own = scopeNames(settings);
  for (const scope of requestedScopes(interaction)) {
    const isTicked = decision.ticked.has(scope);
    if (identityScopes.includes(scope)) grantIdentity(grant, scope, settings.resource);
    else if (scope === 'offline_access') grantOffline(grant, isTicked, settings.resource);
    else if (!own.includes(scope)) grant.rejectOIDCScope(scope);
    else if (isTicked) grant.addResourceScope(settings.resource, scope);
    else grant.rejectResourceScope(settings.resource, scope);
  }
  return grant.save();
}

/**
 * Whether a form was submitted from our own page. The interaction's cookie and unguessable path already ensure that;
 * browsers also send the page's origin and Fetch Metadata. Other programs send neither.
 */
function isFromOurPage(settings: Settings, { headers }: IncomingMessage): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  const isOwnOrigin = origin === undefined || origin === `http://${host}` || origin === settings.url;
  return isOwnOrigin && (site === undefined || site === 'same-origin');
}

function showExpired(response: ServerResponse, error: unknown): void {
  if (!(error instanceof SessionNotFound)) throw error;
  sendHtml(response, 400, expiredPage(), pageHeaders);
}

/** @param currentProvider called for each request, since the provider is replaced from time to time. */
export function makePages(settings: Settings, currentProvider: () => Provider): Pages {
  return {
    async ask(request, response) {
      const provider = currentProvider();
      try {
        const interaction = await provider.interactionDetails(request, response);
        await showQuestion(settings, provider, interaction, preselection(settings, interaction), response);
      } catch (error) {
        showExpired(response, error);
      }
    },

    async decide(request, response) {
      if (!isFromOurPage(settings, request))
        return sendError(response, 403, 'forbidden', 'this form was not submitted from the consent page');
      const form = new URLSearchParams(await readBody(request));
      const provider = currentProvider();
      try {
        const interaction = await provider.interactionDetails(request, response);
        if (form.get('decision') !== 'allow') {
          const result = { error: 'access_denied', error_description: 'the person denied access' };
          return await provider.interactionFinished(request, response, result);
        }
        const decision: Decision = { user: form.get('user') ?? '', ticked: new Set(form.getAll('scope')) };
        const complaint = complaintAbout(settings, decision);
        if (complaint !== undefined)
          return await showQuestion(settings, provider, interaction, { ...decision, complaint }, response);
        settings.lastUser = settings.users.find(({ id }) => id === decision.user);
        const grantId = await saveGrant(settings, provider, interaction, decision);
        const result = { login: { accountId: decision.user, remember: false }, consent: { grantId } };
        await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      } catch (error) {
        showExpired(response, error);
      }
    },

    welcome: (response) => sendHtml(response, 200, welcomePage(settings), pageHeaders),
  };
}
