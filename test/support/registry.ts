/** What is needed to reach a package registry: certificates, proxies, and npm's configuration of where and how. */
const names =
  /^(?:NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|SSL_CERT_(?:FILE|DIR)|(?:https?|all|no)_proxy|npm_config_(?:registry|cafile|ca|cert|key|strict_ssl|proxy|https?_proxy|no_?proxy|fetch_.*|replace_registry_host|userconfig|globalconfig|cache|@.*:registry|\/\/.*))$/i;

/** @returns the part of an environment that installs need; machines behind a company's proxy reach nothing without it. */
export function registryEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.test(name)));
}

/** An install that fails does so in seconds: npm's default is to try again after 10 s and after a minute more. */
export const failSoon = { npm_config_fetch_retries: '1', npm_config_fetch_retry_mintimeout: '1000' } as const;
