import type { Configuration } from 'oidc-provider';
import type { Settings } from './settings.ts';

export function renderError(_settings: Settings): NonNullable<Configuration['renderError']> {
  return (context, out) => {
    context.body = out;
  };
}
