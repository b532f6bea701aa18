import type { VariableName } from '../scalekit/index.ts';
import type { ProjectFacts, Setting } from './facts.ts';

/** @returns a variable as the server sees it, or undefined where it is not set. */
export function settingOf(project: ProjectFacts, variable: VariableName): Setting | undefined {
  return project.settings.find((setting) => setting.variable === variable);
}
