import { type Check, withProject } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** Facts: security, "Samples not to copy": the SDK never asks for the keys a second time. */
export const keysRefetched: Check = {
  code: 'SKM135',
  run: (facts) =>
    withProject(facts, ({ packages }) => {
      const sdk = packages.find(({ name, range }) => name === '@scalekit-sdk/node' && range !== '');
      if (sdk === undefined) return passed();
      return found({
        subject: { file: sdk.file, line: sdk.line },
        actual: '@scalekit-sdk/node',
        expected: 'jose: jwtVerify(token, createRemoteJWKSet(<environment URL>/keys), …)',
      });
    }),
};
