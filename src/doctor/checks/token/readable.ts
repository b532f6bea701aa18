import { type Check, withFact } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 7519: Scalekit's access tokens are signed JWTs. */
export const readable: Check = {
  code: 'SKM401',
  run: ({ token }) =>
    withFact(token, ({ unreadable }) =>
      unreadable === undefined
        ? passed()
        : found({ subject: {}, actual: unreadable, expected: 'three parts: header, claims, signature' }),
    ),
};
