import type { ProbeResult } from '../probe.ts';

/** What only some flags ask about: --client, --directory, --surface. */

export const clientNames = [
  'claude-code',
  'claude',
  'chatgpt',
  'vscode',
  'cursor',
  'codex',
  'gemini',
  'inspector',
] as const;
export type ClientName = (typeof clientNames)[number];

export const directoryNames = ['claude', 'openai'] as const;

export interface DirectoryFacts {
  readonly name: (typeof directoryNames)[number];
  /** OpenAI’s file, if the server has one. */
  readonly challenge?: ProbeResult;
}

/** A tool as clients know it. */
export interface SurfaceTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  readonly hints: Readonly<Record<string, unknown>>;
}

export interface SurfaceFacts {
  readonly file: string;
  readonly tools?: readonly SurfaceTool[];
  /** Why the file cannot be used. */
  readonly problem?: string;
}
