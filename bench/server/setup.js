// What every server is started with: the local Scalekit's variables, and an access token per connection.
import { execFileSync } from 'node:child_process';
import { connections } from './measure.js';
import { startLocalScalekit } from './ours.js';
import { pinned } from './processes.js';

/**
 * Runs something with a local Scalekit, on another core than the servers'.
 * @param {string} node executable that the servers run on
 * @param {(setup: import('./measure.js').Setup) => Promise<void>} run
 */
export async function withScalekit(node, run) {
  if (pinned) execFileSync('taskset', ['-apc', '1', String(process.pid)], { stdio: 'ignore' });
  const scalekit = await startLocalScalekit();
  try {
    const mint = (count) => mintTokens(scalekit, count);
    await run({ node, variables: variablesOf(scalekit), tokens: await mint(connections), mint });
  } finally {
    await scalekit.close();
  }
}

/** One user per connection, so that no server gains from a single cached token. */
function mintTokens(scalekit, count) {
  const subjectOf = (index) => `usr_${1_000_000 + (index % connections)}`;
  return Promise.all(
    Array.from({ length: count }, (_, index) => scalekit.mint({ subject: subjectOf(index) })),
  );
}

/** Where a server runs is decided for each start. */
function variablesOf({ variables: { PORT, MCP_URL, ...variables } }) {
  return variables;
}
