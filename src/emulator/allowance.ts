/** A token bucket: allows a burst at once, then as much as is refilled over time. */
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

  /** @returns 0 if the action is allowed, which counts it; otherwise the seconds to wait. */
  take(): number {
    const now = Date.now();
    // A clock that was set back neither refills nor drains the bucket.
    const passed = Math.max(0, now - this.#since) / 1000;
    this.#since = now;
    this.#left = Math.min(this.#burst, this.#left + passed * this.#perSecond);
    if (this.#left < 1) return Math.ceil((1 - this.#left) / this.#perSecond);
    this.#left -= 1;
    return 0;
  }
}
