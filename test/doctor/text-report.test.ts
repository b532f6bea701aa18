import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/doctor/check.ts';
import { wordsOf } from '../../src/doctor/codes.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Facts, ScalekitFacts } from '../../src/doctor/facts/index.ts';
import { quietReport, textReport } from '../../src/doctor/report/text.ts';
import { startRun } from '../../src/doctor/run-checks.ts';
import { everything } from '../../src/doctor/selection.ts';
import { filesOnly } from './fixtures/configuration-world.ts';
import { answer, healthy, serverDown, set, silent, unset, world } from './fixtures/world.ts';

function report(facts: Facts, verbose = false): string {
  const diagnosis = diagnose(facts, { selection: everything, failOn: 'error' });
  return textReport(facts, diagnosis, { paint: (_style, text) => text, width: 100, verbose });
}

/** Scalekit answers, but does not know the resource id. */
function unknownServer({ metadata, metadataAppended }: Pick<ScalekitFacts, 'metadata' | 'metadataAppended'>) {
  const unknown = ({ url }: { readonly url: string }) => answer(url, 404, { json: {} });
  return { metadata: unknown(metadata), metadataAppended: unknown(metadataAppended) };
}

describe('textReport', () => {
  test('folds what passed into one line per step', () => {
    expect(report(healthy)).toMatchInlineSnapshot(`
      "Doctor  todo-mcp  http://localhost:3002/mcp

      ✓ configuration 37 passed
      ✓ Scalekit      17 passed
      ✓ server        43 passed
      ✓ token         14 passed
      ✓ tools         3 passed

      Nothing is wrong.
      "
    `);
  });

  test('shows findings first, the worst before the rest, with what to do and where', () => {
    const facts = world((each) => {
      for (const file of each.project.envFiles) file.mode = 0o644;
      set(each, 'PORT', '3003');
    });
    expect(report(facts)).toMatchInlineSnapshot(`
      "Doctor  todo-mcp  http://localhost:3002/mcp

      ✗ SKM112  MCP_URL does not have the port that the server listens on
          where     PORT .env:2
          found     PORT=3003, MCP_URL=http://localhost:3002/
          expected  PORT=3002
          Clients are sent to the port in MCP_URL, where this server is not.
          → In your .env: Make the two the same. If it is MCP_URL that you change, change it in the
            clients and in Scalekit’s dashboard (Server URL) too.

      • SKM123  Other users of this machine can read .env
          where     .env
          found     mode 0644
          expected  mode 0600: for you alone
          It is the file for secrets, even if there is none in it today.
          → On this machine: Remove the permission: chmod 600 .env

      ✗ configuration 2 findings, 35 passed
      ✓ Scalekit      17 passed
      ✓ server        43 passed
      ✓ token         14 passed
      ✓ tools         3 passed

      1 error, 1 advice.
      2 can be fixed by: npx scalekit-mcp doctor --fix
      More about one: npx scalekit-mcp doctor --explain SKM112
      "
    `);
  });

  test('shows a project whose server is not running', () => {
    const facts = world((each) => {
      silent(each, 'refused', 'connect ECONNREFUSED 127.0.0.1:4002');
      serverDown(each, 'refused', 'connect ECONNREFUSED 127.0.0.1:3002');
      each.facts.token = { known: false, why: 'No token was given (--token)' };
    });
    expect(report(facts)).toMatchInlineSnapshot(`
      "Doctor  todo-mcp  http://localhost:3002/mcp

      ▲ SKM218  The local Scalekit is not running
          where     SCALEKIT_ENVIRONMENT_URL http://localhost:4002
          found     nothing listens there
          The settings point to it, so without it nobody can sign in and no token can be checked.
          → On this machine: Start it with: npx scalekit-mcp emulate (npm run dev starts it together with
            the server).

      ▲ SKM301  The server is not running
          where     http://localhost:3002/mcp
          found     connect ECONNREFUSED 127.0.0.1:3002
          expected  an answer
          Nothing answers at its address, so clients cannot connect, and the rest could not be checked.
          → On this machine: Start it with: npm run dev. Then run: npx scalekit-mcp doctor (or let the
            doctor start it: --start)

      ✓ configuration 37 passed
      ▲ Scalekit      1 finding, 1 passed
      ▲ server        1 finding
      – token         not checked: No token was given (--token)
      – tools         not checked: The server does not answer

      2 warnings.
      More about one: npx scalekit-mcp doctor --explain SKM218
      "
    `);
  });

  test('shows what could not be checked as neither passed nor failed', () => {
    const facts = world((each) => {
      Object.assign(each.scalekit, { issuer: 'https://acme.scalekit.dev/resources/res_1' });
      silent(each, 'timeout', 'no answer within 5 s');
      each.facts.server = { known: false, why: 'not asked' };
      each.facts.token = { known: false, why: 'not asked' };
      each.facts.tools = { known: false, why: 'not asked' };
    });
    expect(report(facts)).toMatchInlineSnapshot(`
      "Doctor  todo-mcp

      ? SKM201  Could not check: Scalekit answers
          because   https://acme.scalekit.dev: no answer within 5 s
          → Check this machine’s network and SCALEKIT_ENVIRONMENT_URL (Scalekit’s dashboard > Settings).
            Then run: npx scalekit-mcp doctor

      ✓ configuration 37 passed
      ? Scalekit      1 could not be checked, 1 passed
      – server        not checked: not asked
      – token         not checked: not asked
      – tools         not checked: not asked

      1 could not be checked.
      "
    `);
  });

  test('unfolds a given token, with a verdict', () => {
    const facts = world(({ token, tools, server }) => {
      token.source = 'given';
      token.claims.aud = ['res_2'];
      for (const name of ['initialize', 'secondInitialize', 'list', 'foreignOrigin'] as const)
        tools[name] = answer(server.endpoint, 401);
    });
    expect(report(facts)).toMatchInlineSnapshot(`
      "Doctor  todo-mcp  http://localhost:3002/mcp

      ✗ SKM405  The token is for another server
          found     aud ["res_2"]
          expected  res_1000000000000001 among the audiences
          The “aud” claim names the servers that a token is for. This one’s resource id is not among them,
          so the server answers 401.
          → In the MCP client: Sign in again for this server. If the token is for the right one, correct
            SCALEKIT_RESOURCE_ID.

      ✓ configuration 37 passed
      ✓ Scalekit      17 passed
      ✓ server        42 passed
      ✗ token         1 finding, 13 passed
        ✓ SKM401 The token is an access token
        ✓ SKM402 The token’s key is one of Scalekit’s: kid snk_864163429802720891
        ✓ SKM403 The token’s signature is right: RS256
        ✓ SKM404 The token was issued by this environment: iss http://localhost:4002/resources/res_1000000000000001
        ✓ SKM406 The token has not expired: exp 2026-11-21 23:14:13 UTC, in 1 hour
        ✓ SKM407 The token is valid already: since 2026-11-21 22:14:13 UTC
        ✓ SKM408 The token is the kind of token that is meant for servers: typ at+jwt
        ✓ SKM409 The token says whom it is about: sub is there (not shown)
        ✓ SKM410 The token allows all that the server has: scope todo:read todo:write
        ✓ SKM411 The token lives for a reasonable time: 1 hour
        ✓ SKM412 The token is a bearer token
        ✓ SKM413 The token’s scopes are spelt as the server spells them
        – SKM414 The client can renew the token by itself: The token has not expired
        ✓ SKM415 The token’s times are in seconds
      ✓ tools         1 passed

      A server that follows the rules answers 401: aud ["res_2"]. This server answered 401.

      1 error.
      More about one: npx scalekit-mcp doctor --explain SKM405
      "
    `);
  });

  test('shows everything from outside as plain text', () => {
    const facts = world(({ server }) => {
      server.metadata = answer(server.metadata.url, 200, {
        json: { resource: '\u001b[2J\u0007http://x', authorization_servers: ['a'] },
      });
    });
    const text = report(facts);
    expect(text).toContain('\\x1b[2J\\x07http://x');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

test('does not send a person to the dashboard for settings of the local Scalekit', () => {
  const text = report(world(({ scalekit }) => Object.assign(scalekit, unknownServer(scalekit))));
  expect(text).toContain('SKM204');
  expect(text).toContain('Start the local Scalekit again');
  expect(text).not.toContain('dashboard');
});

test('the quiet report names the variable', () => {
  const diagnosis = diagnose(
    world((each) => {
      unset(each, 'MCP_URL');
      filesOnly(each);
    }),
    { selection: everything, failOn: 'error' },
  );
  expect(quietReport(diagnosis)).toBe(
    'error SKM102 .env MCP_URL: A variable that the server needs is not set (not set)\n',
  );
});

test('a check that throws is reported, and the others still run', () => {
  const broken: Check = {
    ...wordsOf('SKM108'),
    run: () => {
      throw new Error('a fault of ours');
    },
  };
  const [result] = startRun(healthy, [broken], []).resultsOf(broken);
  expect(result).toMatchObject({ code: 'SKM108', state: 'crashed', detail: 'a fault of ours' });
});
