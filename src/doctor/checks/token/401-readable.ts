import { defineCheck, withFact } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 7519: Scalekit's access tokens are signed JWTs. */
export default defineCheck({
  code: 'SKM401',
  level: 'error',
  side: 'client',
  holds: 'The token is an access token',
  title: 'The token is not an access token of Scalekit’s',
  why: 'Scalekit’s access tokens are signed texts of three parts with dots in between. The server answers 401.',
  fix: 'Use the whole access_token of the token response, without “Bearer” and without line breaks.',
  refusesToken: true,
  run: ({ token }) =>
    withFact(token, ({ unreadable }) =>
      unreadable === undefined
        ? passed()
        : found({ subject: {}, actual: unreadable, expected: 'three parts: header, claims, signature' }),
    ),
});
