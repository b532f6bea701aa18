import { maskSecrets, type VariableName, variableAliases, variableNames } from '../../../scalekit/index.ts';
import type { EnvFile, ProjectFacts, Setting } from '../../facts/index.ts';
import { lineAt, type TextFile } from './files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Names that a shell may have set for another program. */
const genericNames: ReadonlySet<string> = new Set(['BASE_URL', 'SERVER_URL', 'PUBLIC_URL']);

function fromEnvironment(variable: VariableName, env: Environment): Setting | undefined {
  const name = [variable, ...variableAliases[variable]].find((alias) => env[alias] !== undefined);
  // BASE_URL or PORT in the shell may well be meant for another program; a server's own settings are in its file.
  if (name === undefined || genericNames.has(name)) return undefined;
  return { variable, name, value: maskSecrets(env[name] ?? ''), source: 'environment' };
}

function fromFiles(variable: VariableName, files: readonly EnvFile[]): Setting | undefined {
  for (const name of [variable, ...variableAliases[variable]]) {
    for (const { file, lines, rules } of files) {
      const line = lines.findLast((each) => each.name === name);
      if (line)
        return {
          variable,
          name,
          value: line.value ?? '',
          source: 'file',
          file,
          line: line.line,
          ...(rules && { rules }),
        };
    }
  }
  return undefined;
}

/** @returns each variable as the server will see it; the process environment wins, as in Node and python-dotenv. */
export function resolveSettings(all: readonly EnvFile[], env: Environment): readonly Setting[] {
  const files = all.filter(({ unread }) => !unread);
  return variableNames.flatMap(
    (variable) => fromEnvironment(variable, env) ?? fromFiles(variable, files) ?? [],
  );
}

/** @returns NODE_ENV and where it is set; the environment outranks files, as for the server. */
export function resolveNodeEnv(files: readonly EnvFile[], env: Environment): ProjectFacts['nodeEnv'] {
  if (env.NODE_ENV) return { value: env.NODE_ENV, source: 'environment' };
  const value = files
    .flatMap(({ lines, unread }) => (unread ? [] : lines))
    .find(({ name }) => name === 'NODE_ENV')?.value;
  return value ? { value, source: 'file' } : undefined;
}

/** Files that say how the server runs in production. */
export const productionFiles = [
  '.env.production',
  '.env.production.local',
  'production.env',
  'Dockerfile',
  'compose.yaml',
  'compose.yml',
  'docker-compose.yaml',
  'docker-compose.yml',
  'fly.toml',
  'Procfile',
] as const;

/** @returns what those files set our variables to: `NAME=value`, `NAME value` and `NAME: value`. */
export function readProduction({ file, text }: TextFile): readonly Setting[] {
  return variableNames.flatMap((variable) => {
    const pattern = new RegExp(`^(?!\\s*#).*\\b${variable}\\b["']?\\s*[=: ]\\s*["']?([^"'\\s,}#]+)`, 'm');
    const match = pattern.exec(text);
    if (match?.[1] === undefined) return [];
    const line = lineAt(text, match.index + match[0].length);
    return [{ variable, name: variable, value: maskSecrets(match[1]), source: 'file' as const, file, line }];
  });
}
