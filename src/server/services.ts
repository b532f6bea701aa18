// What the owner's tools need, such as a database pool or a client of another API: opened once at the start, closed at the end.
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
  /** Called once, before the server listens, when all variables are read and checked. If it throws, the server does not start. */
  open(env: Environment, log: Log): OwnServices | Promise<OwnServices>;
  /** Called once, after the last request. It may take 5 seconds. */
  close?(services: OwnServices): void | Promise<void>;
}

/** The owner's services, required if `Register` names them. */
export type DeclaredServices = keyof OwnServices extends never
  ? { readonly services?: ServiceDeclaration }
  : { readonly services: ServiceDeclaration };

/** In ms. */
const patience = 5000;

/** Closes what was opened. Errors are logged, and do not keep the process from ending. */
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

/** Anything can be thrown, not only errors. @returns what to log about it. */
export function detailsOf(thrown: unknown): { message: string; stack: string | undefined } {
  return thrown instanceof Error
    ? { message: thrown.message, stack: thrown.stack }
    : { message: inspect(thrown), stack: undefined };
}
