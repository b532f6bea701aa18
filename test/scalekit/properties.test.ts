import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Checked,
  checkClientId,
  checkEnvironmentUrl,
  checkMcpUrl,
  checkPort,
  checkResourceId,
  checkScope,
  checkScopes,
  describeScope,
  endpoints,
  isLoopback,
  isPlaceholder,
  kindOfIdentifier,
  maskSecrets,
  parseDashboardMetadata,
  printable,
  readWritePair,
  scopesOf,
  serverUrls,
} from '../../src/scalekit/index.ts';

/** Text of any kind: the whole of Unicode, halves of pairs, and what looks nearly right. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.json(),
  fc
    .array(
      fc.constantFrom(
        ...['http', 'https', '://', '/', '//', '\\', ':', '@', '?', '#', '%2f', '%', '..', '.', '[', ']'],
        ...['localhost', '127.0.0.1', '::1', 'mcp', 'a', 'scalekit.com', '0', '65536', ' ', '\n', '\u200b'],
        ...['res_', 'skc_', 'test_', 'todo:read', ',', '"', '{', '}', 'your-', '<', '>', '*', 'é', '\ud800'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

const host = fc.oneof(fc.domain(), fc.constantFrom('localhost', '127.0.0.1', '[::1]', 'todo.localhost'));
const scheme = (name: string) => (name.startsWith('http') ? name : `https://${name}`);
const segment = fc.stringMatching(/^[a-z\d_~-][a-z\d_.~-]{0,8}$/);
const mcpUrls = fc
  .tuple(host, fc.option(fc.integer({ min: 1, max: 65_535 })), fc.array(segment, { maxLength: 3 }))
  .map(([name, port, path]) =>
    scheme(`${name}${port === null ? '' : `:${port}`}${['', ...path].join('/')}/`),
  );
const environmentUrls = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z\d]{2,20}$/),
    fc.constantFrom('.scalekit.dev', '.scalekit.cloud', '.eu.scalekit.com', '.auth.example', '.example:8443'),
  )
  .map(([name, domain]) => `https://env${name}${domain}`)
  .filter((url) => checkEnvironmentUrl(url).ok);
const resourceIds = fc.stringMatching(/^res_[0-9]{1,20}$/);
const scopeNames = fc
  .stringMatching(/^[a-zA-Z0-9_:]{1,64}$/)
  .filter((name) => name !== 'openid' && name !== 'offline_access');

const rules: ReadonlyArray<readonly [string, (text: string) => Checked<unknown>]> = [
  ['checkMcpUrl', checkMcpUrl],
  ['checkEnvironmentUrl', checkEnvironmentUrl],
  ['checkResourceId', checkResourceId],
  ['checkClientId', checkClientId],
  ['checkScope', checkScope],
  ['checkScopes', checkScopes],
  ['checkPort', checkPort],
  ['parseDashboardMetadata', parseDashboardMetadata],
];

describe.each(rules)('%s', (_, check) => {
  test('answers any text, and its refusals are complete and safe to print', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const checked = check(text);
        if (checked.ok) return;
        const { code, reason, actual, expected } = checked.problem;
        expect(code).toMatch(/^[a-z-]+(?:\/[a-z-]+)?$/);
        for (const part of [reason, actual, expected])
          expect(part).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u);
      }),
      { numRuns: 500 },
    );
  });

  test('accepts its own result unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, mcpUrls, environmentUrls, resourceIds, scopeNames), (text) => {
        const checked = check(text);
        if (!checked.ok || typeof checked.value !== 'string') return;
        expect(check(checked.value)).toEqual({ ok: true, value: checked.value, notes: [] });
      }),
      { numRuns: 500 },
    );
  });
});

test('an accepted MCP_URL keeps the contract, whatever was written', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, mcpUrls), (text) => {
      const checked = checkMcpUrl(text);
      if (!checked.ok) return;
      const url = new URL(checked.value);
      expect(url.href).toBe(checked.value);
      expect(checked.value).toMatch(/^https?:\/\/[^/?#@\s]+\/(?:[\w~-][\w.~-]*\/)*$/);
      expect(checked.value).not.toMatch(/\/mcp\/$/i);
      expect(url.protocol === 'https:' || isLoopback(url)).toBe(true);
      expect(checked.notes.length, 'a value that was changed has a note').toBe(
        text.trim() === url.href ? 0 : 1,
      );
      expect(serverUrls(checked.value).endpoint).toBe(`${checked.value}mcp`);
    }),
    { numRuns: 2000 },
  );
});

test('a well-formed MCP_URL is taken, and /mcp behind it makes no difference', () => {
  fc.assert(
    fc.property(mcpUrls, fc.constantFrom('mcp', 'mcp/', 'MCP', 'mcp/mcp/'), (url, tail) => {
      const base = checkMcpUrl(url);
      if (!base.ok) throw new Error(`${url}: ${base.problem.code}`);
      expect(checkMcpUrl(`${url}${tail}`)).toMatchObject({ ok: true, value: base.value });
      expect(checkMcpUrl(url.slice(0, -1))).toMatchObject({ ok: true, value: base.value });
    }),
  );
});

test('an accepted environment URL is an origin', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, environmentUrls), (text) => {
      const checked = checkEnvironmentUrl(text);
      if (!checked.ok) return;
      expect(new URL(checked.value).origin).toBe(checked.value);
      expect(checkEnvironmentUrl(`${checked.value}/`)).toEqual({ ok: true, value: checked.value, notes: [] });
    }),
    { numRuns: 2000 },
  );
});

test('the dashboard’s metadata survives a round trip', () => {
  fc.assert(
    fc.property(
      environmentUrls,
      resourceIds,
      mcpUrls,
      fc.uniqueArray(scopeNames, { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 4 }),
      (environmentUrl, resourceId, url, scopes, indent) => {
        const base = checkMcpUrl(url);
        if (!base.ok) throw new Error(base.problem.reason);
        const text = JSON.stringify(
          {
            resource: base.value,
            authorization_servers: [endpoints(environmentUrl, resourceId).issuer],
            bearer_methods_supported: ['header'],
            scopes_supported: scopes,
          },
          null,
          indent,
        );
        expect(parseDashboardMetadata(text)).toEqual({
          ok: true,
          value: { environmentUrl, resourceId, mcpUrl: base.value, scopes },
          notes: [],
        });
      },
    ),
  );
});

test('a scope is accepted exactly where the rule says so', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, scopeNames), (name) => {
      const allowed = /^[a-zA-Z0-9_:]{1,64}$/.test(name) && name !== 'openid' && name !== 'offline_access';
      expect(checkScope(name).ok).toBe(allowed);
    }),
    { numRuns: 2000 },
  );
});

test('a list of scopes survives being written in any way', () => {
  const separator = fc.constantFrom(' ', ',', ', ', '\n', ' ,\t');
  fc.assert(
    fc.property(fc.uniqueArray(scopeNames, { minLength: 1 }), separator, (names, between) => {
      expect(checkScopes(names.join(between))).toEqual({ ok: true, value: names, notes: [] });
      expect(checkScopes([...names, ...names])).toMatchObject({ ok: true, value: names });
      expect(scopesOf({ scope: names.join(' '), scopes: names })).toEqual(names);
    }),
  );
});

test('any list has its pair or none, and any scope a description', () => {
  fc.assert(
    fc.property(fc.array(scopeNames), (names) => {
      const pair = readWritePair(names);
      if (pair) expect(names).toEqual(expect.arrayContaining([pair.read, pair.write]));
      for (const name of names) expect(describeScope(name)).toMatch(/^[A-Z0-9]\S* \S(?:.*\S)?$/);
    }),
  );
});

test('scopes are found in any text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(typeof isPlaceholder(text)).toBe('boolean');
      expect(['string', 'undefined']).toContain(typeof kindOfIdentifier(text));
    }),
  );
});

describe('printable', () => {
  const body = fc.stringMatching(/^[A-Za-z0-9]{12,60}$/).map((text) => `7${text}`);
  const secret = fc.oneof(
    fc
      .tuple(fc.constantFrom('skcs_', 'sks_', 'test_'), body)
      .map(([prefix, rest]) => [`${prefix}${rest}`, rest]),
    fc.tuple(body, body, body).map(([a, b, c]) => [`eyJ${a}.${b}.${c}`, c]),
    fc.tuple(body, fc.domain()).map(([password, name]) => [`https://user:${password}@${name}/`, password]),
  );

  test('lets no secret through, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        secret,
        fc.string(),
        (before, [whole = '', hidden = ''], after) => {
          expect(printable(before + whole + after, 5000)).not.toContain(hidden);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('lets no control or invisible character through, and keeps its bound', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 300 }), (text, longest) => {
        const shown = printable(text, longest);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(shown.length).toBeLessThanOrEqual(longest + 1);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('maskSecrets', () => {
  /** The same as patterns alone, which take a time that grows with the square of the text. */
  const byPatterns = (text: string) =>
    [
      [/(?<!\w)(skcs_|sks_|test_)[\w-]{4,}/g, '$1…(masked)'] as const,
      [/(skcs_|sks_|test_)(?=[\w-]*\d)[\w-]{12,}/g, '$1…(masked)'] as const,
      [/(eyJ)[\w-]{8,}(?:\.[\w-]*)*/g, '$1…(masked)'] as const,
      [/\/\/[^\s/?#]*@/g, '//…@'] as const,
      [/(?<![^\s/:@"'{}])[^\s/:@"'{}]+:[^\s/"'{}]+@/g, '…@'] as const,
    ].reduce((masked, [shape, mask]) => masked.replaceAll(shape, mask), text);
  const piece = fc.constantFrom(
    ...['sks_', 'test_', 'eyJ', 'abcdefgh', 'x', '7', ':', '@', '/', '//', ' ', '"', '{', '.', '-'],
  );

  test('masks what its patterns mask', () => {
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (given) => {
        expect(maskSecrets(given)).toBe(byPatterns(given));
      }),
      { numRuns: 5000 },
    );
  });

  // The patterns would take minutes.
  test.each(['test_', 'a:', 'a:a@', ':@', '//a', 'eyJ', 'skcs_-'])('goes over %s once', (part) => {
    expect(maskSecrets(part.repeat(400_000)).length).toBeGreaterThan(0);
  });
});
