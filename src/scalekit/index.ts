/** What we know about Scalekit. Each fact is stated once, in this folder, which imports nothing else of this project. */
export * from './aliases.ts';
export * from './checked.ts';
export * from './clock.ts';
export * from './deny-list.ts';
export * from './endpoints.ts';
export * from './identifiers.ts';
export * from './metadata.ts';
export * from './scopes.ts';
export * from './tokens.ts';
export * from './urls.ts';
export * from './variables.ts';
