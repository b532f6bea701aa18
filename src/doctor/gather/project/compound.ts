import {
  checkMcpUrl,
  checkResourceId,
  compoundVariables,
  parseDashboardMetadata,
  parseIssuer,
  type VariableName,
} from '../../../scalekit/index.ts';
import type { EnvFile, Setting } from '../../facts/index.ts';

/** Values that are part of another variable: read only if the project has no variable for them alone. */

type Values = Readonly<Partial<Record<VariableName, string>>>;

function fromMetadata(text: string): Values {
  const read = parseDashboardMetadata(text);
  if (!read.ok) return {};
  const { environmentUrl, resourceId, mcpUrl } = read.value;
  return { SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_RESOURCE_ID: resourceId, MCP_URL: mcpUrl };
}

function fromIssuer(text: string): Values {
  const parts = parseIssuer(text);
  if (parts === undefined) return {};
  return { SCALEKIT_ENVIRONMENT_URL: parts.environmentUrl, SCALEKIT_RESOURCE_ID: parts.resourceId };
}

function fromAudience(text: string): Values {
  if (checkResourceId(text).ok) return { SCALEKIT_RESOURCE_ID: text };
  return checkMcpUrl(text).ok ? { MCP_URL: text } : {};
}

const readers = [
  [compoundVariables.metadata, fromMetadata],
  [compoundVariables.issuer, fromIssuer],
  [compoundVariables.audience, fromAudience],
] as const;

/** @returns what compound variables say about those that are not set by themselves. */
export function compoundSettings(
  files: readonly EnvFile[],
  settings: readonly Setting[],
): readonly Setting[] {
  const read = files.filter(({ unread }) => !unread);
  const said = readers.flatMap(([names, valuesOf]) =>
    read.flatMap(({ file, lines }) =>
      lines
        .filter(({ name, value }) => value !== undefined && names.some((each) => each === name))
        .flatMap(({ name, value = '', line }) =>
          Object.entries(valuesOf(value)).map(
            ([variable, part]): Setting => ({
              variable: variable as VariableName,
              name,
              value: part,
              source: 'file',
              file,
              line,
              isDerived: true,
            }),
          ),
        ),
    ),
  );
  const isSet = new Set(settings.filter(({ value }) => value !== '').map(({ variable }) => variable));
  return said.filter(
    ({ variable }, index) =>
      !isSet.has(variable) && said.findIndex((each) => each.variable === variable) === index,
  );
}
