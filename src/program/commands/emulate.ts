import { switchOptions } from '../../emulator/switches.ts';
import type { CommandRow } from '../command.ts';

export const emulate: CommandRow = {
  name: 'emulate',
  summary: 'runs the local Scalekit alone, on this machine only, with the settings in .env if there is one',
  options: [
    ['--port <n>', 'the port, 0 for a free one'],
    ['--resource-id <res_…>', 'the id of your MCP server'],
    ['--mcp-url <url>', "your server's MCP_URL"],
    ['--scopes <a,b>', 'the scopes of your MCP server'],
    ...switchOptions,
    ['--auto-approve', 'log in and consent without a person, for answers to this machine'],
    ['--strict', 'answer as Scalekit alone does, without what standards add to it'],
    ['--like <file>', 'answer as a tenant did whose answers doctor --live has saved'],
    ['--ephemeral', 'keep nothing, so that a restart forgets keys and clients'],
    ['--container', 'listen on all interfaces: in a container only, with --public-url'],
    ['--public-url <url>', 'its URL for the browser on the host: http://localhost:<port>'],
    ['--json', 'print one JSON document'],
  ],
  run: async (options, context) => (await import('../../emulator/emulate.ts')).emulate(options, context),
};
