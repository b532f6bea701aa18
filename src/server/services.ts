// What the owner's tools work with: a database pool, a client of another API. Made once at the start, closed at the end.
import { inspect } from 'node:util';
import type { Environment } from './environment.ts';
import type { Log } from './log.ts';
import type { Register } from './variables.ts';

/** The services that `Register` names; none by default. */
export type OwnServices = Register extends { services: infer Services extends object }
  ? Services
  : // biome-ignore lint/complexity/noBannedTypes: the type of an object without services.
    {};

/**
 * How the services of a server are made and closed.
 *
 * @example
 * // src/services.ts
 * export interface Services {
 *   readonly db: Pool;
 * }
 * export const services: ServiceDeclaration = {
 *   open: (env) => ({ db: new Pool({ connectionString: env.DATABASE_URL }) }),
 *   close: ({ db }) => db.end(),
 * };
 * declare module 'scalekit-mcp-server' {
 *   interface Register { services: Services }
 * }
 */
export interface ServiceDeclaration {
  /** Called once, before the server listens, with all variables read and checked. What it throws ends the start. */
  open(env: Environment, log: Log): OwnServices | Promise<OwnServices>;
  /** Called once, when the last request has its answer. It has 5 seconds. */
  close?(services: OwnServices): void | Promise<void>;
}

/** The owner's services: they have to be there where `Register` names them. */
export type DeclaredServices = keyof OwnServices extends never
  ? { readonly services?: ServiceDeclaration }
  : { readonly services: ServiceDeclaration };

/** In ms. */
const patience = 5000;

/** Closes what was opened. Trouble is logged, and keeps the process from nothing. */
export async function closeServices(
  services: OwnServices,
  { close }: Pick<ServiceDeclaration, 'close'>,
  log: Log,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, patience, new Error(`They are not closed after ${patience / 1000} s`));
  });
  const closed = (async () => await close?.(services))();
  await Promise.race([closed, late])
    .catch((error: unknown) => log('error', 'services_not_closed', detailsOf(error)))
    .finally(() => clearTimeout(timer));
}

/** Anything can be thrown, not errors alone. @returns what a log has to say of it. */
export function detailsOf(thrown: unknown): { message: string; stack: string | undefined } {
  return thrown instanceof Error
    ? { message: thrown.message, stack: thrown.stack }
    : { message: inspect(thrown), stack: undefined };
}
