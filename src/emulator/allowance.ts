/** How often something may be done: a burst at once, and then as much as comes back with time. */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #since = Date.now();

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** @returns 0 where it may be done, and is counted; otherwise in how many seconds it may. */
  take(): number {
    const now = Date.now();
    // A clock that was set back gives nothing, and takes nothing.
    const passed = Math.max(0, now - this.#since) / 1000;
    this.#since = now;
    this.#left = Math.min(this.#burst, this.#left + passed * this.#perSecond);
    if (this.#left < 1) return Math.ceil((1 - this.#left) / this.#perSecond);
    this.#left -= 1;
    return 0;
  }
}
