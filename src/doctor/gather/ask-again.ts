import { setTimeout as wait } from 'node:timers/promises';
import { type ProbeOptions, type ProbeRequest, type ProbeResult, probe } from '../probe.ts';

/** Long enough for a server that had not finished setting up its sessions, in milliseconds. */
const pause = 300;

/** 502 to 504 are a proxy's, which has tried again itself, and taken its time. */
function hasFailed(answer: ProbeResult): boolean {
  return answer.answered && answer.status === 500;
}

/**
 * Asks once more if the server failed. Some servers set up their sessions during the first requests, and fail on those that come
 * meanwhile (fastapi-mcp waits 0.1 s for it, which is too short on a busy machine). What fails for good fails again.
 * @throws what aborted `options.signal`.
 */
export async function askAgain(request: ProbeRequest, options: ProbeOptions): Promise<ProbeResult> {
  const answer = await probe(request, options);
  if (!hasFailed(answer)) return answer;
  await wait(pause, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
  const again = await probe(request, options);
  return again.answered ? again : answer;
}
