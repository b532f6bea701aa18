import type { AttackCase, Target } from '../types.ts';
import { argumentCases, todoArgumentCases } from './arguments.ts';
import { authorizationCases } from './authorization.ts';
import { bodyCases } from './bodies.ts';
import { claimCases } from './claims.ts';
import { discoveryCases } from './discovery.ts';
import { formatCases } from './formats.ts';
import { originCasesAll } from './origins.ts';
import { methodCases, pathCases } from './paths.ts';
import { protocolCases } from './protocol.ts';
import { scopeCases } from './scopes.ts';
import { signatureCases } from './signatures.ts';
import { slowCases } from './slow.ts';
import { framingCases } from './smuggling.ts';

/** Every case that any protected MCP server can be sent. */
export const allCases: readonly AttackCase[] = [
  ...authorizationCases,
  ...formatCases,
  ...signatureCases,
  ...claimCases,
  ...scopeCases,
  ...pathCases,
  ...methodCases,
  ...originCasesAll,
  ...framingCases,
  ...bodyCases,
  ...protocolCases,
  ...argumentCases,
  ...discoveryCases,
  ...slowCases,
];

/** @returns the cases for this server: with those of the todo tools if it has them. */
export function casesFor(target: Target): readonly AttackCase[] {
  return target.writeTool.name === 'create_todo' ? [...allCases, ...todoArgumentCases] : allCases;
}
