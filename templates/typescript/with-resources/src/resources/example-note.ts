// A start: say what there is to read, and let `read` and `list` find it.
import { resource } from '../scopes.ts';

export const exampleNote = resource({
  // Clients read example-note://1. Without a variable such as {id} there is one of it, and no `list`.
  uri: 'example-note://{id}',
  name: 'example_note',
  title: 'Example note',
  // A model, or a person, reads this to decide whether to read the resource.
  description: 'Says who reads it.',
  mimeType: 'text/plain',
  // The names come from src/scopes.ts. All scopes that are listed here are required.
  scopes: ['todo:read'],
  // Text, bytes, or undefined where there is none. Variables are the client's words; who reads comes from the token.
  async read({ id }, { user }) {
    return id === '1' ? `Read by ${user.subject}.` : undefined;
  },
  // What this user can choose from. Without the scopes nothing is listed.
  async list({ user }) {
    return [{ variables: { id: '1' }, name: `For ${user.subject}` }];
  },
});
