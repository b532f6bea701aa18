// The normative statements of MCP 2026-07-28 that concern a server, in the order of the specification.
import { authorization } from './authorization.ts';
import { base } from './base.ts';
import { features } from './features.ts';
import type { Statement } from './ground.ts';
import { patterns } from './patterns.ts';
import { transport } from './transport.ts';

export const statements: readonly Statement[] = [
  ...base,
  ...transport,
  ...patterns,
  ...authorization,
  ...features,
];
