import { type Check, withAuthorizationMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { waysToRegister } from '../../reading.ts';

/** Facts: Scalekit, documented failure 10. */
export const registrationPossible: Check = {
  code: 'SKM208',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      const { dynamic, documents } = waysToRegister(metadata);
      if (dynamic || documents) return passed();
      return found({
        subject: { url: answer.url },
        actual: 'no registration_endpoint, and no client_id_metadata_document_supported',
        expected: 'one of them, better both',
      });
    }),
};
