/** Times and durations for people. */

/** @param seconds since 1970. @returns e.g. `2026-11-21 20:15:00 UTC`. */
export function utc(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? String(seconds)
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** @param seconds a span. @returns it in the largest unit that fits, e.g. `59 minutes`. */
export function ago(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [name, size] = units.find(([, unit]) => whole >= unit) ?? units[3];
  const count = Math.floor(whole / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
