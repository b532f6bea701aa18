import { keysPath } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** docs/mcp.md#tokens: the SDK never asks for the keys a second time. */
export default defineCheck({
  code: 'SKM135',
  level: 'advice',
  side: 'code',
  holds: 'Signing keys are fetched again when they change',
  title: '@scalekit-sdk/node fetches the signing keys only once',
  why: 'If the server checks tokens with it, it keeps trusting a withdrawn key and refuses a new one until it is restarted.',
  fix: 'Check tokens with jose, which fetches the keys again by itself. Scalekit’s API is still called with the SDK.',
  run: (facts) =>
    withProject(facts, ({ packages }) => {
      const sdk = packages.find(({ name, range }) => name === '@scalekit-sdk/node' && range !== '');
      if (sdk === undefined) return passed();
      return found({
        subject: { file: sdk.file, line: sdk.line },
        actual: '@scalekit-sdk/node',
        expected: `jose: jwtVerify(token, createRemoteJWKSet(<environment URL>${keysPath}), …)`,
      });
    }),
});
