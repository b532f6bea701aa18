// This server's scopes, named as in Scalekit's dashboard (MCP Servers > your server), and what each allows in plain words.
// The names are a type: a tool that requires a misspelt scope does not compile.
import { defineScopes } from 'scalekit-mcp-server';

export const { scopes, tool, resource, prompt } = defineScopes({
  'todo:read': 'Read your todos',
  'todo:write': 'Create, change and delete your todos',
});
