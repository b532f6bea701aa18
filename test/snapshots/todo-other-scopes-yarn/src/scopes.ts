// The scopes of this server, named as in Scalekit's dashboard (MCP Servers > your server), and what each allows in a
// person's words. The names are a type: a tool that asks for a misspelt scope does not compile.
import { defineScopes } from 'scalekit-mcp-server';

export const { scopes, tool } = defineScopes({
  'admin': 'Use admin',
  'notes:read': 'Read notes',
  'notes:write': 'Create, change and delete notes',
});
