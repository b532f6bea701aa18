/**
 * How far another machine's clock is ahead of ours, by the `Date` of its answer (RFC 9110, section 6.6.1).
 * @param headers of the answer. `age` is how long a cache has kept it (RFC 9111, section 5.1).
 * @param askedAt our clock before the request, in ms; `answeredAt` after it.
 * @returns seconds; undefined if the answer has no date.
 */
export function clockOffset(
  { date = '', age = '0' }: { readonly date?: string | undefined; readonly age?: string | undefined },
  askedAt: number,
  answeredAt: number,
): number | undefined {
  const then = Date.parse(date) + (Number(age) || 0) * 1000;
  // `Date` is truncated to whole seconds: half a second more is the better guess.
  return Number.isNaN(then) ? undefined : Math.round((then + 500 - (askedAt + answeredAt) / 2) / 1000);
}
