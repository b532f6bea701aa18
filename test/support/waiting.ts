import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until a condition holds: asks again and again.
 * @param condition what it throws counts as "not yet", and is told when time is up.
 * @param patience in ms.
 * @returns the condition's first value that is neither false, null nor undefined.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  patience = 15_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + patience;
  for (let failure: unknown; ; await delay(10)) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined)
        return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline)
      throw new Error(`Waited ${patience} ms in vain for: ${what}`, { cause: failure });
  }
}
