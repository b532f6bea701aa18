import type { Texts } from './text.ts';

export const scalekitTexts = {
  SKM201: {
    step: 'scalekit',
    level: 'warning',
    side: 'machine',
    holds: 'Scalekit answers',
    title: 'Scalekit does not answer',
    why: 'Whether your Scalekit settings are right could not be checked.',
    fix: 'Check this machine’s network, then run this again.',
  },
  SKM204: {
    step: 'scalekit',
    level: 'error',
    side: 'env',
    holds: 'Scalekit knows this MCP server',
    title: 'Scalekit does not know this MCP server',
    why: 'Clients learn where to sign in from a document that Scalekit keeps for each resource id. For yours there is none, so no client can sign in.',
    fix: 'Copy the resource id (res_…) from Scalekit’s dashboard > MCP Servers > your server into SCALEKIT_RESOURCE_ID, and make sure that SCALEKIT_ENVIRONMENT_URL is the same environment’s.',
  },
  SKM206: {
    step: 'scalekit',
    level: 'error',
    side: 'env',
    holds: 'Scalekit’s metadata is issued under the address that clients ask',
    title: 'Scalekit’s metadata names another issuer than the address that clients ask',
    why: 'A client that asks one address and is told of another must stop: it could be an impostor.',
    fix: 'Set SCALEKIT_ENVIRONMENT_URL to the address that the issuer begins with, then restart the server.',
  },
} as const satisfies Texts;
