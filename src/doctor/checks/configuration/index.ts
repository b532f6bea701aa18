import type { Check } from '../../check.ts';
import { builds } from './builds.ts';
import { clientAsksEndpoint } from './client-asks-endpoint.ts';
import { clientAsksServer } from './client-asks-server.ts';
import { clientHasOwnId } from './client-has-own-id.ts';
import { clientId } from './client-id.ts';
import { envFile } from './env-file.ts';
import { envIgnored } from './env-ignored.ts';
import { envLoaded } from './env-loaded.ts';
import { envPrivate } from './env-private.ts';
import { envUntracked } from './env-untracked.ts';
import { environmentUrl } from './environment-url.ts';
import { fastmcpVersion } from './fastmcp-version.ts';
import { keysRefetched } from './keys-refetched.ts';
import { mcpUrl } from './mcp-url.ts';
import { mcpUrlBase } from './mcp-url-base.ts';
import { mcpUrlSlash } from './mcp-url-slash.ts';
import { noAdvisories } from './no-advisories.ts';
import { noPlaceholders } from './no-placeholders.ts';
import { noUnneededSecret } from './no-unneeded-secret.ts';
import { nodeVersion } from './node-version.ts';
import { notOverridden } from './not-overridden.ts';
import { notSwapped } from './not-swapped.ts';
import { packagesInstalled } from './packages-installed.ts';
import { port } from './port.ts';
import { portOfUrl } from './port-of-url.ts';
import { publicUrlInProduction } from './public-url-in-production.ts';
import { realScalekitInProduction } from './real-scalekit-in-production.ts';
import { resourceId } from './resource-id.ts';
import { scopeNames } from './scope-names.ts';
import { setOnce } from './set-once.ts';
import { variablesSet } from './variables-set.ts';

export const configurationChecks: readonly Check[] = [
  envFile,
  variablesSet,
  noPlaceholders,
  environmentUrl,
  resourceId,
  clientId,
  notSwapped,
  mcpUrlSlash,
  mcpUrlBase,
  mcpUrl,
  port,
  portOfUrl,
  envLoaded,
  notOverridden,
  setOnce,
  realScalekitInProduction,
  publicUrlInProduction,
  envUntracked,
  envIgnored,
  envPrivate,
  noUnneededSecret,
  nodeVersion,
  packagesInstalled,
  noAdvisories,
  fastmcpVersion,
  keysRefetched,
  scopeNames,
  clientAsksEndpoint,
  clientAsksServer,
  clientHasOwnId,
  builds,
];
