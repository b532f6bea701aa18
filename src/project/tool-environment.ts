type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that a package manager or git set for us, and that must not reach the programs we run: `--dry-run` and `--json`
 * before `--` would reach the install, and git's variables (we may be in a hook) point at another repository. Everything
 * else stays, so that the registry can be reached (NODE_EXTRA_CA_CERTS, proxies, npm's `cafile`, `userconfig` and so on).
 */
const ourOwnVariables =
  /^(?:npm_config_(?:dry_run|json|yes|package|call)|npm_lifecycle_.*|npm_package_.*|GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX))$/i;

/** @returns the environment that tools (package managers, git, compilers) are run with. */
export function environmentFor(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ourOwnVariables.test(name)));
}
