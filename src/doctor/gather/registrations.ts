import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientEntry, RegistrationFact } from '../facts/index.ts';
import { type ProbeOptions, probe } from '../probe.ts';
import { parseObject } from '../reading.ts';
import { readText } from './project/files.ts';

/** A client id that some client on this machine will use, and where it wants its user sent back to. */
type Registration = Omit<RegistrationFact, 'authorization'>;

/** The folders in which mcp-remote keeps its registrations, one for each layout that it has used. */
async function remoteFolders(home: string): Promise<readonly string[]> {
  const folders = await readdir(join(home, '.mcp-auth')).catch(() => []);
  return folders.filter((folder) => folder.startsWith('mcp-remote-')).map((folder) => `.mcp-auth/${folder}`);
}

/** mcp-remote names its files after the MD5 of the server's URL. Only the registration is read, never a token. */
async function fromRemote(home: string, endpoint: string): Promise<readonly Registration[]> {
  const name = `${createHash('md5').update(endpoint).digest('hex')}_client_info.json`;
  const folders = await remoteFolders(home);
  const read = folders.map(async (folder): Promise<readonly Registration[]> => {
    const text = await readText(home, `${folder}/${name}`);
    const information = parseObject(text?.text);
    const redirectUris = information?.redirect_uris;
    const redirectUri: unknown = Array.isArray(redirectUris) ? redirectUris[0] : undefined;
    if (typeof information?.client_id !== 'string' || typeof redirectUri !== 'string') return [];
    return [{ file: `~/${folder}/${name}`, clientId: information.client_id, redirectUri }];
  });
  return (await Promise.all(read)).flat();
}

/** Claude Code's callback, which represents any loopback callback if an entry brings its own client id. */
const anyRedirectUri = 'http://localhost:3118/callback';

function fromEntries(entries: readonly ClientEntry[]): readonly Registration[] {
  return entries.flatMap(({ file, clientId }) =>
    clientId === undefined ? [] : [{ file, clientId, redirectUri: anyRedirectUri }],
  );
}

/** An authorization request that goes only as far as the login page (RFC 6749 §4.1.1, RFC 7636 §4.3). */
function authorizationUrl(endpoint: string, resource: string, registration: Registration): string {
  const url = new URL(endpoint);
  const parameters = {
    response_type: 'code',
    client_id: registration.clientId,
    redirect_uri: registration.redirectUri,
    state: 'scalekit-mcp-doctor',
    // The challenge of the verifier in RFC 7636, appendix B.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** What `gatherRegistrations` needs to know of the server. */
export interface RegistrationsOf {
  readonly home: string;
  readonly endpoint: string;
  readonly authorizationEndpoint: string;
  readonly clients: readonly ClientEntry[];
}

/**
 * Looks for clients on this machine that have registered for a server, and asks the authorization server whether it
 * still knows them (docs/scalekit.md#documented-failures, 13 and 14).
 */
export async function gatherRegistrations(
  of: RegistrationsOf,
  options: ProbeOptions,
): Promise<readonly RegistrationFact[]> {
  const registrations = [...(await fromRemote(of.home, of.endpoint)), ...fromEntries(of.clients)];
  return Promise.all(
    registrations.map(async (registration) => ({
      ...registration,
      authorization: await probe(
        { url: authorizationUrl(of.authorizationEndpoint, of.endpoint, registration) },
        options,
      ),
    })),
  );
}
