import type { Texts } from './text.ts';

export const toolsTexts = {
  SKM501: {
    level: 'error',
    side: 'code',
    holds: 'The server accepts a good token',
    title: 'The server refuses a good token',
    why: 'The token is signed by Scalekit, in time and for this server. The server’s own check is wrong: it knows only one of Scalekit’s two issuers, or compares the audience with a URL in place of the resource id.',
    fix: 'Accept both issuers and look for the resource id in “aud”. In FastMCP, update to 4.0 or later. If .env was changed, start the server again.',
  },
  SKM502: {
    level: 'error',
    side: 'code',
    holds: 'The server lists its tools',
    title: 'The server lets the client in but does not list its tools',
    why: 'Clients show no tools, or an error.',
    fix: 'See the server’s log for the error at tools/list.',
  },
  SKM503: {
    level: 'warning',
    side: 'code',
    holds: 'There are tools',
    title: 'The server has no tools for this token',
    why: 'Some frameworks hide tools for which the token lacks the scopes, so a client with too few scopes sees none.',
    fix: 'Register a tool, or sign in again with all scopes.',
  },
  SKM504: {
    level: 'error',
    side: 'code',
    holds: 'The server refuses a token that is not good',
    title: 'The server accepts a token that it should refuse',
    why: 'The token has the fault above, and the server does not look. Tokens for other servers, or expired ones, open this one.',
    fix: 'Verify the issuer, the audience (the resource id), the times and the type: jwtVerify of jose with all its options, or ScalekitProvider.',
  },
} as const satisfies Texts;
