// The scopes of this server, named as in Scalekit's dashboard (MCP Servers > your server), and what each allows in a
// person's words. The names are a type: a tool that asks for a misspelt scope does not compile.
import { defineScopes } from 'scalekit-mcp-server';

export const { scopes, tool } = defineScopes({
  'delete': 'Use delete',
  '2fa:read': 'Read 2fa',
  'a:b': 'B a',
  'a_b': 'Use a_b',
  'A:B': 'B A',
  ':': 'Use :',
  ['__proto__']: 'Use __proto__',
  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx': 'Use xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
});
