import { assertFinite, assertKnownOptions } from '@adlib/core';
import type { ChartAlarm } from './cusum.js';

/** Options of {@link Ewma}. */
export interface EwmaOptions {
  /** Mean of the scores while all is well, in their units. */
  mean: number;
  /** Standard deviation of the scores while all is well, > 0. */
  sd: number;
  /** Weight of the newest value, in (0, 1]. @defaultValue 0.2 */
  weight?: number;
  /** Width of the limits, in standard deviations of the average. @defaultValue 3 */
  width?: number;
}

/** State of an {@link Ewma} chart after a value. */
export interface EwmaState {
  /** The moving average, in the units of the scores. */
  average: number;
  /** Lower control limit. */
  lower: number;
  /** Upper control limit. */
  upper: number;
  /** Alarm at this value. */
  alarm: ChartAlarm;
}

/**
 * Exponentially weighted moving average chart: `E_t = w x_t + (1 - w) E_{t-1}`, `E_0 = mean`, with the exact limits
 * `mean ± L sd sqrt(w / (2 - w) (1 - (1 - w)^(2 t)))`.
 *
 * @example
 * ```ts
 * import { Ewma } from '@adlib/metrics';
 * const chart = new Ewma({ mean: 0, sd: 1 });
 * const alarms = [2, 2, 2, 2].map((score) => chart.add(score).alarm);
 * console.log(alarms); // none, none, up, up
 * ```
 * @see Roberts, "Control chart tests based on geometric moving averages", Technometrics 1, 1959
 */
export class Ewma {
  readonly #mean: number;
  readonly #sd: number;
  readonly #weight: number;
  readonly #width: number;
  #average: number;
  #t = 0;

  /** @param options - what the scores are like while all is well; weight and width */
  constructor(options: EwmaOptions) {
    const { mean, sd, weight = 0.2, width = 3 } = options;
    assertKnownOptions('Ewma', options, ['mean', 'sd', 'weight', 'width']);
    assertFinite('Ewma', 'mean', mean);
    assertFinite('Ewma', 'sd', sd, Number.MIN_VALUE);
    assertFinite('Ewma', 'weight', weight, Number.MIN_VALUE, 1);
    assertFinite('Ewma', 'width', width, 0);
    this.#mean = mean;
    this.#sd = sd;
    this.#weight = weight;
    this.#width = width;
    this.#average = mean;
  }

  /**
   * Takes one value in.
   *
   * @param value - a finite score
   * @returns the average, its limits and the alarm
   * @throws TypeError or RangeError if it is not finite
   */
  add(value: number): EwmaState {
    assertFinite('Ewma.add', 'value', value);
    const w = this.#weight;
    this.#average = w * value + (1 - w) * this.#average;
    const half = this.#width * this.#sd * Math.sqrt((w / (2 - w)) * (1 - (1 - w) ** (2 * ++this.#t)));
    const lower = this.#mean - half;
    const upper = this.#mean + half;
    const alarm = this.#average > upper ? 'up' : this.#average < lower ? 'down' : 'none';
    return { average: this.#average, lower, upper, alarm };
  }

  /** Starts again from the mean. */
  reset(): void {
    this.#average = this.#mean;
    this.#t = 0;
  }
}
