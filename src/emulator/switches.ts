import { accept, type Checked, refuse } from '../scalekit/index.ts';
import type { EmulatorOptions } from './contract.ts';

type Documents = NonNullable<EmulatorOptions['clientIdMetadataDocuments']>;

/** What `--client-documents` says, in the words of `startEmulator`. */
const clientDocuments: ReadonlyMap<string, Documents> = new Map<string, Documents>([
  ['on', true],
  ['off', false],
  ['bundled', 'bundled'],
]);

/** Checks the value of `--client-documents`. */
export function checkClientDocuments(value: string): Checked<Documents> {
  const mode = clientDocuments.get(value);
  if (mode !== undefined) return accept(mode);
  return refuse(
    'client-documents',
    'This is no way to treat client id metadata documents',
    value,
    'on, off or bundled',
  );
}

/** @returns the line that says that a client was taken on trust. */
export function trustNotice(clientId: string, reason: string): string {
  return `${clientId} cannot be reached (${reason}): the client is taken on trust, which Scalekit would not do`;
}
