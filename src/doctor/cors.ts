import type { Headers, ProbeResult } from './probe.ts';

/** What an answer allows the scripts of web pages (CORS, the Fetch standard). */
export function corsOf(answer: ProbeResult): {
  readonly exposed: string;
  readonly allows: (origin: string) => boolean;
  readonly allowsHeader: (name: string) => boolean;
  readonly exposes: (name: string) => boolean;
} {
  const header = (name: keyof Headers) => (answer.answered ? (answer.headers[name] ?? '') : '');
  const has = (list: string, name: string) =>
    list
      .toLowerCase()
      .split(/[\s,]+/)
      .includes(name);
  const exposed = header('access-control-expose-headers');
  const allowed = header('access-control-allow-headers');
  return {
    exposed,
    allows: (origin) => ['*', origin].includes(header('access-control-allow-origin')),
    // The wildcard covers every header except Authorization, which has to be named.
    allowsHeader: (name) => has(allowed, name),
    exposes: (name) => has(exposed, name) || exposed.trim() === '*',
  };
}
