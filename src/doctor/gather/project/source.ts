import { readScopesFile } from '../../../project/scopes-file.ts';
import { variableAliases, variableNames } from '../../../scalekit/index.ts';
import type { Mention } from '../../facts.ts';
import { lineAt, type TextFile } from './files.ts';

const ownVariables = [...variableNames, ...Object.values(variableAliases).flat()].filter(
  (name) => name !== 'PORT' && name !== 'BASE_URL',
);

/** `process.env.MCP_URL`, `os.getenv("MCP_URL")`, `os.environ["MCP_URL"]`. */
const variableRead = new RegExp(
  `(?:env|environ|getenv)\\b[^\\n]{0,20}?\\b(${ownVariables.join('|')})\\b`,
  'g',
);

const envLoad =
  /\b(load_dotenv|loadEnvFile|dotenv_values|read_env|env_file|dotenv(?:\/config)?)\b|(--env-file(?:-if-exists)?)/g;

/** Where source that is not ours names its scopes: `_require_scope("a")`, `required_scopes=["a", "b"]`, `requireScopes('a')`. */
const scopeList =
  /(?:require[ds]?_?scopes?|scopes_?supported|scopes)\s*(?:\(|[:=]\s*\[|[:=]\s*\(|=\s*(?=["']))([^()[\]{}\n]*|[^()[\]{}]*)[)\]]?/gi;

const quoted = /["']([^"'\n]+)["']/g;

function mentions({ file, text }: TextFile, pattern: RegExp): readonly Mention[] {
  return [...text.matchAll(pattern)].map((match) => ({
    text: match[1] ?? match[0],
    file,
    line: lineAt(text, match.index),
  }));
}

/** @returns the scopes of our own form, in src/scopes.ts. */
function ownScopes({ file, text }: TextFile): readonly Mention[] {
  return (readScopesFile(text) ?? []).map(({ name, line }) => ({ text: name, file, line }));
}

function otherScopes({ file, text }: TextFile): readonly Mention[] {
  return [...text.matchAll(scopeList)].flatMap((list) =>
    [...(list[1] ?? '').matchAll(quoted)].map((match) => ({
      text: match[1] ?? '',
      file,
      line: lineAt(text, list.index + list[0].indexOf(match[0])),
    })),
  );
}

/** @returns each text once, at its first place. */
function once(all: readonly Mention[]): readonly Mention[] {
  return all.filter(({ text }, index) => all.findIndex((other) => other.text === text) === index);
}

/** What the source says that the checks need; read by pattern, in any language. */
export interface SourceFacts {
  readonly variableReads: readonly Mention[];
  readonly envLoads: readonly Mention[];
  readonly scopes: readonly Mention[];
}

/** @param manifests files that may load `.env` besides the sources, such as package.json. */
export function readSourceFacts(sources: readonly TextFile[], manifests: readonly TextFile[]): SourceFacts {
  const own = sources.filter(({ file }) => file === 'src/scopes.ts').flatMap(ownScopes);
  return {
    variableReads: once(sources.flatMap((source) => mentions(source, variableRead))),
    envLoads: once([...sources, ...manifests].flatMap((source) => mentions(source, envLoad))),
    scopes: once(own.length > 0 ? own : sources.flatMap(otherScopes)),
  };
}
