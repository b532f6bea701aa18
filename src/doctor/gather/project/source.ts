import { readScopesFile } from '../../../project/scopes-file.ts';
import { compoundVariables, variableAliases, variableNames } from '../../../scalekit/index.ts';
import type { Mention, TokenCheckMention } from '../../facts/index.ts';
import { lineAt, type TextFile } from './files.ts';
import { withoutComments } from './transport.ts';

/** Names that do not mention MCP: they may well be another program's. */
const genericNames: ReadonlySet<string> = new Set(['PORT', 'BASE_URL', 'SERVER_URL', 'PUBLIC_URL']);

const ownVariables = [
  ...variableNames,
  ...Object.values(variableAliases).flat(),
  ...Object.values(compoundVariables).flat(),
].filter((name) => !genericNames.has(name));

/** `process.env.MCP_URL`, `os.getenv("MCP_URL")`, `os.environ["MCP_URL"]`. */
const variableRead = new RegExp(
  `(?:env|environ|getenv)\\b[^\\n]{0,20}?\\b(${ownVariables.join('|')})\\b`,
  'g',
);

const envLoad =
  /\b(load_dotenv|loadEnvFile|dotenv_values|read_env|loadEnvConfig)\s*\(|\b(env_file)\b|\b(dotenv\/config|dotenv run|dotenv -f)\b|\bdotenv\b.{0,20}\.?\b(config)\s*\(|import\s*\{[^}]*\b(config)\b[^}]*\}\s*from\s*['"]dotenv['"]|['"](dotenv|@dotenvx\/dotenvx)['"]\s*\)\s*\.config|(--env-file(?:-if-exists)?)/g;

/** How source that is not ours names its scopes: `_require_scope("a")`, `required_scopes=["a", "b"]`, `requireScopes('a')`. */
const scopeList =
  /(?:require[ds]?_?scopes?|scopes_?supported|scopes)\s*(?:\(|[:=]\s*\[|[:=]\s*\(|=\s*(?=["']))([^()[\]{}\n]*|[^()[\]{}]*)[)\]]?/gi;

/** `<scope>` and `{scope}` stand for scopes in templates and messages. */
const isPattern = /[<>{}]/;

const quoted = /["']([^"'\n]+)["']/g;

function mentions({ file, text }: TextFile, pattern: RegExp): readonly Mention[] {
  return [...text.matchAll(pattern)].map((match) => ({
    text: match.slice(1).find((part) => part !== undefined) ?? match[0],
    file,
    line: lineAt(text, match.index),
  }));
}

/** `os.getenv("X", "…")`, `process.env.X ?? …`. */
const hasDefault = /^["']\s*,\s*[^)\s]|^["'\])\s]*(?:\?\?|\|\||or\s)/;

function readsOf({ file, text }: TextFile): readonly Mention[] {
  return [...text.matchAll(variableRead)].map((match) => ({
    text: match[1] ?? match[0],
    file,
    line: lineAt(text, match.index),
    ...(hasDefault.test(text.slice(match.index + match[0].length)) ? { hasDefault: true as const } : {}),
  }));
}

/** @returns the scopes of our own form, in src/scopes.ts. */
function ownScopes({ file, text }: TextFile): readonly Mention[] {
  return (readScopesFile(text) ?? []).map(({ name, line }) => ({ text: name, file, line }));
}

function otherScopes({ file, text }: TextFile): readonly Mention[] {
  return [...text.matchAll(scopeList)].flatMap((list) =>
    [...(list[1] ?? '').matchAll(quoted)]
      .filter((match) => !isPattern.test(match[1] ?? ''))
      .map((match) => ({
        text: match[1] ?? '',
        file,
        line: lineAt(text, list.index + list[0].indexOf(match[0])),
      })),
  );
}

/** @returns each text once, at its first position. */
function once(all: readonly Mention[]): readonly Mention[] {
  return all.filter(({ text }, index) => all.findIndex((other) => other.text === text) === index);
}

/** What the source says that the checks need; read by pattern, in any language. */
export interface SourceFacts {
  readonly variableReads: readonly Mention[];
  readonly envLoads: readonly Mention[];
  readonly scopes: readonly Mention[];
  readonly tokenCheck: readonly TokenCheckMention[];
  readonly checksTokensItself?: true;
}

const handMade =
  /\b(?:JWTVerifier|RemoteAuthProvider|PyJWKClient)\s*\(|\bjwt\.decode\s*\(|validate_access_token|validate_token\s*\(/;

/** @returns whether the source verifies tokens, and nothing of it uses FastMCP’s provider for Scalekit. */
function checksTokensItself(sources: readonly TextFile[]): boolean {
  return (
    sources.some(({ text }) => handMade.test(text)) &&
    !sources.some(({ text }) => {
      // A provider that is given a verifier uses it instead of its own.
      const isProvider = /ScalekitProvider|FASTMCP_SERVER_AUTH/.test(text);
      return isProvider && !/\btoken_verifier\s*=/.test(text);
    })
  );
}

/** Addresses of keys that other providers have; Scalekit's are at `/keys` of the environment (docs/scalekit.md#endpoints). */
const otherKeys =
  /["'`][^"'`\n]*(?:\.well-known\/jwks(?:\.json)?|\/jwks(?:\.json)?|\/oauth2?\/(?:v\d\/)?(?:keys|certs|jwks)|\/resources\/[^"'`\n]*\/keys)["'`]/g;
const otherAlgorithm = /\balgorithms?["']?\s*[:=]\s*\[?\s*["'](?:HS|ES|PS|Ed)\w{2,5}["']/g;
const urlAsAudience =
  /\baud(?:ience)?["']?\s*[:=]\s*\[?\s*(?:f?["'`]https?:|[\w.[\]"'()]*(?:url|uri|endpoint|expected_?audience)\w*)[^,\n)\]}]*/gi;
const oneIssuer =
  /\bissuer["']?\s*[:=]\s*(?!\[)(?:f?["'`][^"'`\n]+["'`]|[\w.[\]"'()!]*(?:env|iss|url|domain)[\w.[\]"']*)(?=\s*[,)}\n])/gi;
/** Issuers matter where a token is verified; metadata has an issuer, too. */
const verifies =
  /jwtVerify|jwt\.decode|JWTVerifier|validate_?(?:access_?)?token|TokenValidationOptions|ParseWithClaims|verifyAccessToken|jwt\.verify/i;

/** @returns what looks wrong in a token check: it explains why good tokens are refused, and is no finding by itself. */
function tokenCheckOf(sources: readonly TextFile[]): readonly TokenCheckMention[] {
  const verifiers = sources.filter(({ text }) => verifies.test(text));
  const patterns = [
    ['keys', otherKeys],
    ['algorithm', otherAlgorithm],
    ['audience', urlAsAudience],
    ['issuer', oneIssuer],
  ] as const;
  return patterns.flatMap(([part, pattern]) =>
    verifiers
      .flatMap((file) => mentions(file, pattern))
      .slice(0, 3)
      .map((mention) => ({ ...mention, text: mention.text.trim(), part })),
  );
}

/** @param manifests files that may load `.env` besides the sources, such as package.json. */
export function readSourceFacts(sources: readonly TextFile[], manifests: readonly TextFile[]): SourceFacts {
  const bare = sources.map(withoutComments);
  const own = sources.filter(({ file }) => file === 'src/scopes.ts').flatMap(ownScopes);
  return {
    variableReads: once(bare.flatMap(readsOf)),
    envLoads: once([...bare, ...manifests].flatMap((source) => mentions(source, envLoad))),
    scopes: once(own.length > 0 ? own : sources.flatMap(otherScopes)),
    tokenCheck: tokenCheckOf(bare),
    ...(checksTokensItself(bare) ? { checksTokensItself: true as const } : {}),
  };
}
