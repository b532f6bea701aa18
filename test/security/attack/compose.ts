import type { Attack, Target } from './types.ts';

/** What every request carries unless the case says otherwise, as a 2025-era client sends it. */
function defaults(target: Target, attack: Attack, length: number): Record<string, string | undefined> {
  const hasBody = length > 0 || (attack.method ?? 'POST') === 'POST';
  return {
    Host: target.host,
    'Content-Type': hasBody ? 'application/json' : undefined,
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2025-06-18',
    Authorization: attack.token === undefined ? undefined : `Bearer ${attack.token}`,
    'Content-Length': hasBody ? String(length) : undefined,
    Connection: 'close',
  };
}

function merge(
  base: Record<string, string | undefined>,
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const merged = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    const same = Object.keys(merged).find((key) => key.toLowerCase() === name.toLowerCase());
    merged[same ?? name] = value;
  }
  return merged;
}

/**
 * Writes a request as bytes, just as the case has it.
 * @param body the default body.
 */
export function compose(target: Target, attack: Attack, body: string): Buffer {
  if (attack.raw !== undefined) return Buffer.from(attack.raw);
  const method = attack.method ?? 'POST';
  const content = Buffer.from(attack.body ?? (method === 'POST' ? body : ''));
  const headers = merge(defaults(target, attack, content.length), attack.headers ?? {});
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const head = [
    `${method} ${attack.path ?? target.path} ${attack.version ?? 'HTTP/1.1'}`,
    ...lines,
    ...(attack.lines ?? []),
  ].join('\r\n');
  // latin1 keeps bytes above 0x7f as single bytes, as they would be in an attacker's header.
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), content]);
}
