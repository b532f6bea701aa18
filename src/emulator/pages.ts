import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import { identityScopes, reservedScopes } from '../scalekit/index.ts';
import { sendError, sendHtml } from './answers.ts';
import { consentPage } from './consent-page.ts';
import { expiredPage } from './error-page.ts';
import { pageHeaders } from './layout.ts';
import { definedScopes } from './provider.ts';
import { readBody } from './requests.ts';
import { type Settings, scopeNames } from './settings.ts';
import { firstOf, userOfHint } from './users.ts';
import { welcomePage } from './welcome-page.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The pages that a person sees. */
export interface Pages {
  /** Shows the page that asks who one is and what the client may do. */
  ask(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes the person's answer and sends the browser on. */
  decide(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** What somebody sees who opens the environment URL. */
  welcome(response: ServerResponse): void;
}

/** What the person answered, as far as it makes sense. */
interface Answer {
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

/** What is proposed before anybody answers: everything that was asked for, as the user of `login_hint` or of last time. */
function proposal(settings: Settings, interaction: Interaction): Answer {
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
  answer: Answer,
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
    unknownScopes: requested.filter((name) => !defined.includes(name) && !reservedScopes.has(name)),
    learnsWhoYouAre: identityScopes.some((name) => requested.includes(name)),
    offlineAccess: requested.includes('offline_access'),
    tokenLifetime: settings.tokenLifetime,
    users: settings.users,
    selectedUser: answer.user,
    ticked: answer.ticked,
    complaint: answer.complaint,
  });
  sendHtml(response, answer.complaint === undefined ? 200 : 400, body, pageHeaders);
}

/** @returns what is missing from an answer, in words, or undefined. */
function complaintAbout(settings: Settings, answer: Answer): string | undefined {
  if (!settings.users.some(({ id }) => id === answer.user)) return 'Choose whom to sign in as.';
  if (!scopeNames(settings).some((name) => answer.ticked.has(name)))
    return 'Tick at least one thing that it may do, or deny.';
  return undefined;
}

/** To the library it is a scope of the server as well, so that it comes back in the token. */
function grantIdentity(grant: InstanceType<Provider['Grant']>, scope: string, resource: string): void {
  grant.addResourceScope(resource, scope);
  grant.addOIDCScope(scope);
}

/** It is the library's for the refresh token, and comes back in the token's `scope` as well. */
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
 * Records what was ticked, and what was not as refused: without the second the library would ask again for ever.
 * @returns the grant's id.
 */
async function saveGrant(
  settings: Settings,
  provider: Provider,
  interaction: Interaction,
  answer: Answer,
): Promise<string> {
  const grant = new provider.Grant({
    accountId: answer.user,
    clientId: text(interaction.params.client_id) ?? '',
  });
  const own = scopeNames(settings);
  for (const scope of requestedScopes(interaction)) {
    const isTicked = answer.ticked.has(scope);
    if (identityScopes.includes(scope)) grantIdentity(grant, scope, settings.resource);
    else if (scope === 'offline_access') grantOffline(grant, isTicked, settings.resource);
    else if (!own.includes(scope)) grant.rejectOIDCScope(scope);
    else if (isTicked) grant.addResourceScope(settings.resource, scope);
    else grant.rejectResourceScope(settings.resource, scope);
  }
  return grant.save();
}

/**
 * Whether a form was sent by our own page. The interaction's cookie and unguessable path already say so; browsers say it
 * too, by the page's origin and by Fetch Metadata. What is no browser sends neither.
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

/** @param currentProvider is asked at each request, since the provider is made anew now and then. */
export function makePages(settings: Settings, currentProvider: () => Provider): Pages {
  return {
    async ask(request, response) {
      const provider = currentProvider();
      try {
        const interaction = await provider.interactionDetails(request, response);
        await showQuestion(settings, provider, interaction, proposal(settings, interaction), response);
      } catch (error) {
        showExpired(response, error);
      }
    },

    async decide(request, response) {
      if (!isFromOurPage(settings, request))
        return sendError(response, 403, 'forbidden', 'this form belongs to another page');
      const form = new URLSearchParams(await readBody(request));
      const provider = currentProvider();
      try {
        const interaction = await provider.interactionDetails(request, response);
        if (form.get('decision') !== 'allow') {
          const result = { error: 'access_denied', error_description: 'the person denied access' };
          return await provider.interactionFinished(request, response, result);
        }
        const answer: Answer = { user: form.get('user') ?? '', ticked: new Set(form.getAll('scope')) };
        const complaint = complaintAbout(settings, answer);
        if (complaint !== undefined)
          return await showQuestion(settings, provider, interaction, { ...answer, complaint }, response);
        settings.lastUser = settings.users.find(({ id }) => id === answer.user);
        const grantId = await saveGrant(settings, provider, interaction, answer);
        const result = { login: { accountId: answer.user, remember: false }, consent: { grantId } };
        await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      } catch (error) {
        showExpired(response, error);
      }
    },

    welcome: (response) => sendHtml(response, 200, welcomePage(settings), pageHeaders),
  };
}
