// The library's entry warns on every start on Node 20, which its own modules do not: they are imported instead.
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider';
}
declare module 'oidc-provider/lib/helpers/errors.js' {
  import { errors } from 'oidc-provider';

  export import CustomOIDCProviderError = errors.CustomOIDCProviderError;
  export import InvalidScope = errors.InvalidScope;
  export import InvalidTarget = errors.InvalidTarget;
  export import InvalidRedirectUri = errors.InvalidRedirectUri;
  export import SessionNotFound = errors.SessionNotFound;
}
declare module 'oidc-provider/lib/helpers/interaction_policy/index.js' {
  import { interactionPolicy } from 'oidc-provider';

  export const base: typeof interactionPolicy.base;
}
