// A starting point: say what there is to read, and make `read` and `list` find it.
import { resource } from '../scopes.ts';

export const exampleNote = resource({
  // Clients read example-note://1. Without a variable such as {id} it is a single resource, and needs no `list`.
  uri: 'example-note://{id}',
  name: 'example_note',
  title: 'Example note',
  // A model, or a person, reads this to decide whether to read the resource.
  description: 'Says who reads it.',
  mimeType: 'text/plain',
  // The names come from src/scopes.ts. All scopes that are listed here are required.
  scopes: ['todo:read'],
  // Returns text, bytes, or undefined if there is none. Variables come from the client: check them. The user comes from the token.
  async read({ id }, { user }) {
    return id === '1' ? `Read by ${user.subject}.` : undefined;
  },
  // What this user can choose from. It is not called for a token without the scopes.
  async list({ user }) {
    return [{ variables: { id: '1' }, name: `For ${user.subject}` }];
  },
});
