import { defineCheck, withProject } from '../../check.ts';
import { passed } from '../../model.ts';
import { isServedAnyway, servesOtherwise } from './156-speaks-http.ts';

/** MCP 2025-03-26, transports: Streamable HTTP replaces SSE. */
export default defineCheck({
  code: 'SKM157',
  level: 'error',
  side: 'code',
  holds: 'The source serves Streamable HTTP',
  title: 'The source serves only the old SSE transport',
  why: 'MCP replaced it in March 2025, and many clients have dropped it. They ask at one endpoint, usually /mcp, where an SSE server has nothing.',
  fix: 'Serve MCP over Streamable HTTP.',
  explains: ['SKM301', 'SKM303', 'SKM351', 'SKM319'],
  run: (facts) =>
    withProject(facts, (project) => {
      const { transport, startsElsewhere } = project;
      if (transport?.kind !== 'sse') return passed();
      if (startsElsewhere || isServedAnyway(facts)) return passed('It is started with another transport');
      return servesOtherwise(project, transport);
    }),
});
