import type { Overlay } from '../language.ts';

/** The overlays that every language has; each has its own files for them. */

export const memory: Overlay<never> = {
  option: 'store',
  value: 'memory',
  label: 'Memory',
  templates: ['todo'],
  isDefault: true,
  oneProcess: true,
};

export const docker: Overlay<never> = {
  option: 'deploy',
  value: 'docker',
  label: 'Docker',
  templates: ['todo', 'blank'],
  isDefault: true,
};
