import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { noFacts } from '../../src/doctor/facts/index.ts';
import { gatherProject } from '../../src/doctor/gather/project/project.ts';
import { everything } from '../../src/doctor/selection.ts';
import { codesOf, env, type Files, fastmcp, folder, python } from './others-project.ts';

/** Projects written by others with a fault: what is found. */

describe('faults are named, the cause first', () => {
  const constructed = fastmcp.replace('"Todo Server",', '"Todo Server",\n    stateless_http=True,');
  test.each<readonly [string, Files, readonly string[]]>([
    ['stateless_http in the constructor', python(constructed), ['SKM154']],
    [
      'the same in a comment',
      python(fastmcp.replace('"Todo Server",', '"Todo Server",  # stateless_http=True,')),
      [],
    ],
    [
      'stateless_http in the right place',
      python(fastmcp.replace('transport="http"', 'transport="http", stateless_http=True')),
      [],
    ],
    ['load_dotenv() deleted, its import kept', python(fastmcp.replace('load_dotenv()\n', '')), ['SKM113']],
    [
      'load_dotenv() in a comment',
      python(fastmcp.replace('load_dotenv()\n', '# load_dotenv()\n')),
      ['SKM113'],
    ],
    [
      'load_dotenv() too late',
      python(fastmcp.replace('load_dotenv()\n', '').replace('    mcp.run', '    load_dotenv()\n    mcp.run')),
      ['SKM155'],
    ],
    ['no transport', python(fastmcp.replace(/mcp\.run\(.*\)/, 'mcp.run()')), ['SKM156']],
    ['SSE', python(fastmcp.replace('"http"', '"sse"')), ['SKM157']],
    [
      'curly quotes and a missing scheme, each by itself',
      { ...python(fastmcp), '.env': env.replace('https://acme', 'acme').replace('res_1', '“res_1”') },
      ['SKM104', 'SKM118'],
    ],
    [
      'env.example alone',
      { 'env.example': env, 'requirements.txt': 'fastmcp==4.2.3\n', 'server.py': fastmcp },
      ['SKM101'],
    ],
    [
      'Scalekit’s own site, and the issuer, in place of the environment',
      {
        ...python(fastmcp),
        '.env': env.replace('https://acme.scalekit.dev', 'https://app.scalekit.com/ws/environments/env_1'),
      },
      ['SKM104'],
    ],
    [
      'an invisible character before the id',
      { ...python(fastmcp), '.env': env.replace('res_1', '\u200Bres_1') },
      ['SKM119'],
    ],
    [
      'brackets of the placeholder around the id',
      { ...python(fastmcp), '.env': env.replace('res_1', '<res_1>') },
      ['SKM103'],
    ],
    [
      'the address to listen on, as the one to connect to',
      { ...python(fastmcp), '.env': env.replace('localhost', '0.0.0.0') },
      ['SKM110'],
    ],
    [
      'three faults at once: a swapped id, no scheme, and another port',
      {
        ...python(fastmcp),
        '.env': env
          .replace('res_1', 'skc_1')
          .replace('https://acme', 'acme')
          .replace('localhost:3002', 'localhost:3003'),
      },
      ['SKM104', 'SKM105', 'SKM112'],
    ],
    [
      'MCPServer of the Python SDK, with an argument of an older version',
      {
        '.env': env,
        'requirements.txt': 'mcp>=2\npython-dotenv\n',
        'server.py': fastmcp
          .replace('from fastmcp import FastMCP', 'from mcp.server.mcpserver import MCPServer')
          .replace('FastMCP(', 'MCPServer(\n    stateless_http=True,')
          .replace('transport="http"', 'transport="streamable-http"'),
      },
      ['SKM154'],
    ],
    [
      'a file in UTF-16',
      { ...python(fastmcp), '.env': [...env].map((character) => `${character}\0`).join('') },
      ['SKM101'],
    ],
    [
      'an issuer with another version, and the wrong port',
      {
        ...python(fastmcp.replace('"3002"', '"3009"')),
        'requirements.txt': 'fastmcp==3.4.8\npython-dotenv\n',
        '.env': env.replace('PORT=3002\n', ''),
      },
      ['SKM112', 'SKM134'],
    ],
    [
      'three faults at once: the constructor, the transport and a swapped pair',
      {
        ...python(constructed.replace('"http"', '"sse"')),
        '.env': `${env.replace('res_1', 'skc_1')}SCALEKIT_CLIENT_ID=res_1\n`,
      },
      ['SKM107', 'SKM154', 'SKM157'],
    ],
    [
      'a broken file of Claude Code',
      { ...python(fastmcp), '.mcp.json': '{"mcpServers": {"a": {"url": "http://localhost:3002/mcp"},}}' },
      ['SKM145'],
    ],
    [
      'a comment in VS Code’s file is not a fault',
      {
        ...python(fastmcp),
        '.vscode/mcp.json':
          '{ // ours\n"servers": {"a": {"type": "http", "url": "http://localhost:3002/mcp"},}}',
      },
      [],
    ],
    [
      'Gemini’s url',
      {
        ...python(fastmcp),
        '.gemini/settings.json': '{"mcpServers": {"a": {"url": "http://localhost:3002/mcp"}}}',
      },
      ['SKM146'],
    ],
  ])('%s', async (_, files, codes) => {
    expect(await codesOf(files)).toEqual(codes);
  });

  test('a correct value is never guessed', async () => {
    const values = [
      '“https://acme.scalekit.dev”',
      'acme',
      'http-ish thing',
      'localhost:5741',
      'acme.scalekit.dev/path',
    ];
    const expected = await Promise.all(
      values.map(async (value) => {
        const project = await gatherProject(
          await folder({ ...python(fastmcp), '.env': env.replace('https://acme.scalekit.dev', value) }),
          {},
        );
        const { results } = diagnose(
          { ...noFacts('x'), project },
          { selection: everything, failOn: 'error' },
        );
        return results.flatMap(({ edits = [] }) =>
          edits.flatMap((edit) => (edit.kind === 'set-variable' ? [edit.value] : [])),
        );
      }),
    );
    expect(expected).toEqual([
      ['https://acme.scalekit.dev'],
      [],
      [],
      ['http://localhost:5741'],
      ['https://acme.scalekit.dev'],
    ]);
  });
});
