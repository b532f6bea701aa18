import { dashboardUrl, isUrl, printable } from '../scalekit/index.ts';
import { UsageError, UserError } from '../terminal/errors.ts';
import type { Person } from './person.ts';
import type { ListedEnvironment } from './prose.ts';

/** What the choice of an environment depends on. */
export interface Choosing {
  /** `--environment`: an id, a name or a domain. */
  readonly asked: string | undefined;
  /** The environment that the project uses now. */
  readonly currentUrl: string | undefined;
  /** `--yes`: do not ask. */
  readonly yes: boolean;
  readonly person: Person;
}

/** @returns an environment on one line, e.g. `Development (DEV) env_1, acme.scalekit.dev`. */
export function describeEnvironment({ id, name, type, domain }: ListedEnvironment): string {
  const kind = { development: 'DEV', production: 'PRODUCTION', unknown: 'of unknown type' }[type];
  return printable(`${name} (${kind}) ${id}${domain === undefined ? '' : `, ${domain}`}`);
}

function listed(environments: readonly ListedEnvironment[]): string {
  return environments.map((environment) => `    ${describeEnvironment(environment)}`).join('\n');
}

function hostOf(text: string): string {
  return isUrl(text) ? new URL(text).host : text;
}

/** @returns whether a URL or a host is that of an environment. */
function isAt({ domain, customDomain }: ListedEnvironment, url: string): boolean {
  const host = hostOf(url).toLowerCase();
  return [domain, customDomain].some((each) => each?.toLowerCase() === host);
}

function find(environments: readonly ListedEnvironment[], asked: string): ListedEnvironment {
  const text = asked.trim().toLowerCase();
  const byId = environments.filter(({ id }) => id.toLowerCase() === text);
  const found =
    byId.length > 0
      ? byId
      : environments.filter((each) => each.name.toLowerCase() === text || isAt(each, text));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const what = found.length === 0 ? 'There is no such environment' : 'Several environments have this name';
  throw new UsageError(
    `--environment: ${what}: ${printable(asked)}\n    expected one of\n${listed(environments)}`,
    { code: 'environment' },
  );
}

/** Development first, otherwise in Scalekit's order. */
function inOrder(environments: readonly ListedEnvironment[]): readonly ListedEnvironment[] {
  const rank = { development: 0, unknown: 1, production: 2 } as const;
  return [...environments].sort((a, b) => rank[a.type] - rank[b.type]);
}

/**
 * Chooses the environment to register in: the one that was asked for, the one that the project uses, the only one, or the
 * one that the person chooses. A development environment is preselected; `--yes` alone takes no other kind.
 * @throws UsageError if the choice is not clear and nobody may be asked; UserError if the workspace has no environment.
 */
export async function chooseEnvironment(
  environments: readonly ListedEnvironment[],
  { asked, currentUrl, yes, person }: Choosing,
): Promise<ListedEnvironment> {
  const [first] = environments;
  if (first === undefined)
    throw new UserError('Your Scalekit workspace has no environment that this sign-in can see.', {
      code: 'register/no-environment',
      next: `create one at ${dashboardUrl}, or sign in to another workspace`,
    });
  if (asked !== undefined) return find(environments, asked);
  const current = currentUrl === undefined ? [] : environments.filter((each) => isAt(each, currentUrl));
  if (current.length === 1 && current[0] !== undefined) return current[0];
  const development = environments.filter(({ type }) => type === 'development');
  if (yes) {
    if (development.length === 1 && development[0] !== undefined) return development[0];
    const why = development.length === 0 ? 'none is for development' : 'several are for development';
    throw new UsageError(`--environment is required, since ${why}:\n${listed(environments)}`, {
      code: 'environment',
      missing: ['--environment'],
      next: `scalekit-mcp register --yes --environment ${first.id}`,
    });
  }
  if (environments.length === 1) return first;
  return person.choose(
    'Which Scalekit environment?',
    inOrder(environments).map((value) => ({ value, label: describeEnvironment(value) })),
  );
}
