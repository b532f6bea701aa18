import {
  checkClientId,
  checkMcpUrl,
  checkResourceId,
  isPlaceholder,
  openIdScopes,
  serverUrls,
  type VariableName,
} from '../scalekit/index.ts';
import type {
  ClientEntry,
  Fact,
  Facts,
  ProjectFacts,
  ScalekitFacts,
  ServerFacts,
  Setting,
  TokenFacts,
  ToolsFacts,
} from './facts/index.ts';
import { isInterfered } from './interference.ts';
import { type Code, type Level, type Outcome, type Side, type Step, skipped } from './model.ts';
import {
  authorizationMetadata,
  type Challenge,
  challengeOf,
  isMcpServer,
  refusalOf,
  resourceMetadata,
  strings,
} from './reading.ts';
import { isBaseUrl, settingOf } from './settings.ts';
import { type ToolFacts, toolFactsOf } from './tools.ts';

/** What the other checks say. */
export interface Others {
  /** Why a server that follows the rules refuses the token; nothing if it is good, undefined if that is not known. */
  readonly refusals: readonly string[] | undefined;
  /** @returns what another check says; undefined if it is not made, or is no check. */
  outcomeOf(code: string): Outcome | undefined;
  /** @returns whether there is such a code. */
  isCode(code: string): boolean;
}

/**
 * Everything about a code: its words, for someone who has never heard of the specifications, and a pure function of the facts.
 * Sentences of `title` and `holds` have no full stop; `why` and `fix` do. Its page is `docs/doctor/<code>.md`.
 */
export interface Check {
  readonly code: Code;
  readonly level: Level;
  /** Where the edit has to be made. */
  readonly side: Side;
  /** What is true when all is well: "A call without a token is refused". */
  readonly holds: string;
  /** What is true when it is not: "The server lets everybody in". */
  readonly title: string;
  /** What that means for the person and their users. */
  readonly why: string;
  readonly fix: string;
  /** When this is found, any verifier answers 401 to the token. */
  readonly refusesToken?: true;
  /** When this is found as an error, it is the cause of findings with these codes, or in these steps, which are shown under it. */
  readonly explains?: ReadonlyArray<Code | Step>;
  readonly run: (facts: Facts, others: Others) => Outcome;
}

/** @returns the check, typed; the list of all checks finds it by its file. */
export function defineCheck(check: Check): Check {
  return check;
}

/** Runs a check on a fact, or skips it for the fact's own reason. */
export function withFact<T>(fact: Fact<T>, run: (value: T) => Outcome): Outcome {
  return fact.known ? run(fact.value) : skipped(fact.why);
}

/** Runs a check on a server that answers at all, whatever it is. */
export function withAnswer(facts: Facts, run: (server: ServerFacts) => Outcome): Outcome {
  return withFact(facts.server, (server) =>
    server.noToken.answered ? run(server) : skipped('The server does not answer'),
  );
}

/** Runs a check on what answers as an MCP server. */
export function withServer(facts: Facts, run: (server: ServerFacts) => Outcome): Outcome {
  return withAnswer(facts, (server) => {
    if (isInterfered(server)) return skipped('Something in front of it answers instead');
    return isMcpServer(server) ? run(server) : skipped('What answers there is not an MCP server');
  });
}

/** Runs a check on the challenge that a call without a token gets. */
export function withChallenge(
  facts: Facts,
  run: (challenge: Challenge, server: ServerFacts) => Outcome,
): Outcome {
  return withServer(facts, (server) => {
    const challenge = challengeOf(refusalOf(server));
    return challenge === undefined ? skipped('The server sends no challenge') : run(challenge, server);
  });
}

/** Runs a check on the server's protected resource metadata. */
export function withResourceMetadata(
  facts: Facts,
  run: (metadata: Readonly<Record<string, unknown>>, server: ServerFacts) => Outcome,
): Outcome {
  return withServer(facts, (server) => {
    const metadata = resourceMetadata(server);
    return metadata === undefined ? skipped('The server has no metadata') : run(metadata, server);
  });
}

/** Runs a check on the authorization server's metadata. */
export function withAuthorizationMetadata(
  facts: Facts,
  run: (metadata: Readonly<Record<string, unknown>>, scalekit: ScalekitFacts) => Outcome,
): Outcome {
  return withFact(facts.scalekit, (scalekit) => {
    const metadata = authorizationMetadata(scalekit);
    return metadata === undefined
      ? skipped('The authorization server gave no metadata')
      : run(metadata, scalekit);
  });
}

/** Runs a check on the project in this folder. */
export function withProject(facts: Facts, run: (project: ProjectFacts) => Outcome): Outcome {
  return withFact(facts.project, run);
}

/** Runs a check on the project's `.env` and its like, as git sees them. */
export function withEnvInGit(facts: Facts, run: (envFiles: ProjectFacts['envFiles']) => Outcome): Outcome {
  // What direnv or compose loads is often meant to be shared, unless it has a secret in it.
  const isPrivate = ({ loadedOutside, lines }: ProjectFacts['envFiles'][number]) =>
    !loadedOutside || lines.some(({ isSecret, isEmpty }) => isSecret && !isEmpty);
  return withProject(facts, ({ envFiles: all }) => {
    const envFiles = all.filter(isPrivate);
    return envFiles.every(({ git }) => git === undefined)
      ? skipped('There is no git repository, or no .env')
      : run(envFiles);
  });
}

/** Runs a check on a variable that has a real value: neither empty nor a placeholder. */
export function withSetting(
  facts: Facts,
  variable: VariableName,
  run: (setting: Setting, project: ProjectFacts) => Outcome,
): Outcome {
  return withProject(facts, (project) => {
    const setting = settingOf(project, variable);
    if (setting === undefined || setting.value === '') return skipped(`${variable} is not set`);
    if (isPlaceholder(setting.value)) return skipped(`${variable} holds a placeholder`);
    return run(setting, project);
  });
}

/** Runs a check on an access token that can be read. */
export function withToken(facts: Facts, run: (token: TokenFacts) => Outcome): Outcome {
  return withFact(facts.token, (token) =>
    token.unreadable === undefined ? run(token) : skipped('The token cannot be read'),
  );
}

/** Runs a check on the client configurations in the project, compared with the server that MCP_URL means. */
export function withClients(
  facts: Facts,
  run: (clients: readonly ClientEntry[], endpoint: string, project: ProjectFacts) => Outcome,
): Outcome {
  return withProject(facts, (project) => {
    const setting = settingOf(project, 'MCP_URL');
    const mcpUrl = checkMcpUrl(setting?.value ?? '');
    if (project.clients.length === 0) return skipped('No client is configured in this project');
    // Where the server really answers counts more than what MCP_URL says.
    const { server } = facts;
    const running = server.known && server.value.noToken.answered && isMcpServer(server.value);
    if (running && server.value.givenBy === 'settings')
      return run(project.clients, server.value.endpoint, project);
    if (setting === undefined || !mcpUrl.ok) return skipped('MCP_URL does not say where the server is');
    if (!isBaseUrl(setting, project)) return skipped(`${setting.name} does not say which path MCP is at`);
    return run(project.clients, serverUrls(mcpUrl.value).endpoint, project);
  });
}

/** @returns whether the resource id and the client id each hold the other one. */
export function areSwapped(project: ProjectFacts): boolean {
  const resourceId = settingOf(project, 'SCALEKIT_RESOURCE_ID')?.value ?? '';
  const clientId = settingOf(project, 'SCALEKIT_CLIENT_ID')?.value ?? '';
  return checkClientId(resourceId).ok && checkResourceId(clientId).ok;
}

/** A scope that the server names, and where. */
export type OwnScope = {
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  readonly url?: string;
};

/** The scopes of the running server's metadata, or else those that the source names. */
function ownScopes(facts: Facts): readonly OwnScope[] {
  const document = facts.server.known ? resourceMetadata(facts.server.value) : undefined;
  const source = facts.project.known ? facts.project.value.scopes : [];
  const url = facts.server.known ? facts.server.value.metadata.url : '';
  const published = strings(document?.scopes_supported).map((text) => ({ text, url }));
  const isInSource = new Set(source.map(({ text }) => text));
  return [...source, ...published.filter(({ text }) => !isInSource.has(text))].filter(
    ({ text }) => !openIdScopes.has(text) && !text.includes('://'),
  );
}

/** Runs a check on the server's scopes, compared with those that the authorization server defines. */
export function withScopes(
  facts: Facts,
  run: (own: readonly OwnScope[], defined: readonly string[], scalekit: ScalekitFacts) => Outcome,
): Outcome {
  return withAuthorizationMetadata(facts, (metadata, scalekit) => {
    const defined = strings(metadata.scopes_supported).filter((scope) => !openIdScopes.has(scope));
    if (defined.length === 0) return skipped('The authorization server does not say which scopes it has');
    const own = ownScopes(facts);
    if (own.length === 0) return skipped('The server does not say which scopes it has');
    return run(own, defined, scalekit);
  });
}

/** Runs a check on the tools that the server lists, with a token or to everybody. */
export function withToolList(
  facts: Facts,
  run: (tools: readonly ToolFacts[], endpoint: string) => Outcome,
): Outcome {
  return withServer(facts, (server) => {
    const lists = [facts.tools.known ? facts.tools.value.list : undefined, server.openness?.list];
    const tools = lists
      .flatMap((list) => (list === undefined ? [] : [toolFactsOf(list)]))
      .find((each) => each !== undefined);
    return tools === undefined
      ? skipped('The tools are not known: a token is needed (--token)')
      : run(tools, server.endpoint);
  });
}

/** @returns the names of the server's scopes. */
export function serverScopes(facts: Facts): readonly string[] {
  return ownScopes(facts).map(({ text }) => text);
}

/** Runs a check on a token, compared with the MCP server's identity at Scalekit. */
export function withIdentity(
  facts: Facts,
  run: (
    token: TokenFacts,
    identity: { readonly environmentUrl: string; readonly resourceId: string },
  ) => Outcome,
): Outcome {
  return withToken(facts, (token) =>
    withFact(facts.scalekit, ({ environmentUrl, resourceId }) =>
      environmentUrl === undefined || resourceId === undefined
        ? skipped('The authorization server is not Scalekit')
        : run(token, { environmentUrl, resourceId }),
    ),
  );
}

/** Runs a check on what a server answers to a call with the token. */
export function withTools(facts: Facts, run: (tools: ToolsFacts, server: ServerFacts) => Outcome): Outcome {
  return withServer(facts, (server) => withFact(facts.tools, (tools) => run(tools, server)));
}
