/** What Scalekit is. Every fact about it is written in this folder once; nothing here imports anything of ours. */
export * from './aliases.ts';
export * from './checked.ts';
export * from './endpoints.ts';
export * from './identifiers.ts';
export * from './metadata.ts';
export * from './scopes.ts';
export * from './tokens.ts';
export * from './urls.ts';
export * from './variables.ts';
