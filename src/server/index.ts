/**
 * The protection of an MCP server behind Scalekit (OAuth 2.1): `serve` runs a server, `defineScopes` declares what its
 * tools need.
 */
export { createServer, type ProtectedServer, type ServerOptions } from './create-server.ts';
export * from './declaring.ts';
export type { Environment } from './environment.ts';
export type { ResourcePage } from './resource.ts';
export { type DeclaredVariables, type ServeOptions, serve } from './serve.ts';
export type { DeclaredServices, OwnServices, ServiceDeclaration } from './services.ts';
export type { Settings } from './settings.ts';
export type {
  OwnDeclarations,
  OwnVariables,
  Register,
  ValuesOf,
  VariableDeclaration,
  VariableDeclarations,
} from './variables.ts';
