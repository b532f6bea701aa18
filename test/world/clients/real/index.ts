import type { RealClient } from '../client.ts';
import { claudeCode } from './claude-code.ts';
import { codexCli } from './codex.ts';
import { geminiCli } from './gemini-cli.ts';
import { inspectorCli } from './inspector-cli.ts';
import { inspectorWeb } from './inspector-web.ts';
import { aiSdk, fastMcp, officialSdks, pythonSdk } from './libraries.ts';
import { mcpRemote } from './mcp-remote.ts';
import { mcporter } from './mcporter.ts';

/** The clients that are tried, in the order of the table. */
export const realClients: readonly RealClient[] = [
  claudeCode,
  codexCli,
  geminiCli,
  mcpRemote,
  mcporter,
  inspectorWeb,
  inspectorCli,
  fastMcp,
  pythonSdk,
  aiSdk,
  ...officialSdks,
];
