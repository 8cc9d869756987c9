import { assertFinite, assertKnownOptions } from '@adlib/core';

/** Which way a chart says that the mean has moved. */
export type ChartAlarm = 'none' | 'up' | 'down';

/** Options of {@link Cusum}. */
export interface CusumOptions {
  /** Mean of the scores while all is well, in their units. */
  mean: number;
  /** Standard deviation of the scores while all is well, > 0. */
  sd: number;
  /** Slack, in standard deviations: half the shift to be found quickly. @defaultValue 0.5 */
  slack?: number;
  /** Sum that raises the alarm, in standard deviations. @defaultValue 5 */
  limit?: number;
}

/** State of a {@link Cusum} chart after a value. */
export interface CusumState {
  /** Upper sum, in standard deviations. */
  up: number;
  /** Lower sum, in standard deviations. */
  down: number;
  /** Alarm at this value. */
  alarm: ChartAlarm;
}

/**
 * Tabular CUSUM chart: finds small lasting shifts of the mean. `C+ = max(0, C+ + z - k)`, `C- = max(0, C- - z - k)` with
 * `z = (x - mean) / sd`; alarm when one exceeds `h`. With k = 0.5 and h = 5 a false alarm comes about every 465 values if
 * they are independent and normal; a shift by one sd is found after about 10.
 *
 * @example
 * ```ts
 * import { Cusum } from '@adlib/metrics';
 * const chart = new Cusum({ mean: 0, sd: 1 });
 * const alarms = [2, 2, 2, 2].map((score) => chart.add(score).alarm);
 * console.log(alarms); // none, none, none, up
 * ```
 * @see Page, "Continuous inspection schemes", Biometrika 41, 1954; Montgomery, "Introduction to statistical quality
 *   control", 7th ed., section 9.1.2
 */
export class Cusum {
  readonly #mean: number;
  readonly #sd: number;
  readonly #slack: number;
  readonly #limit: number;
  #up = 0;
  #down = 0;

  /** @param options - what the scores are like while all is well; slack and limit */
  constructor(options: CusumOptions) {
    const { mean, sd, slack = 0.5, limit = 5 } = options;
    assertKnownOptions('Cusum', options, ['mean', 'sd', 'slack', 'limit']);
    assertFinite('Cusum', 'mean', mean);
    assertFinite('Cusum', 'sd', sd, Number.MIN_VALUE);
    assertFinite('Cusum', 'slack', slack, 0);
    assertFinite('Cusum', 'limit', limit, 0);
    this.#mean = mean;
    this.#sd = sd;
    this.#slack = slack;
    this.#limit = limit;
  }

  /**
   * Takes one value in. After an alarm the sums go on; call {@link Cusum.reset} once the cause is found.
   *
   * @param value - a finite score
   * @returns both sums and the alarm
   * @throws TypeError or RangeError if it is not finite
   */
  add(value: number): CusumState {
    assertFinite('Cusum.add', 'value', value);
    const z = (value - this.#mean) / this.#sd;
    this.#up = Math.max(0, this.#up + z - this.#slack);
    this.#down = Math.max(0, this.#down - z - this.#slack);
    const alarm = this.#up > this.#limit ? 'up' : this.#down > this.#limit ? 'down' : 'none';
    return { up: this.#up, down: this.#down, alarm };
  }

  /** Sets both sums to 0. */
  reset(): void {
    this.#up = 0;
    this.#down = 0;
  }
}
