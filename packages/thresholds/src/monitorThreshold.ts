import { argumentMessage, assertFinite, assertInteger, assertKnownOptions } from '@adlib/core';
import { buildThreshold, onGood } from './build.js';
import { TDigest } from './tDigest.js';
import type { TDigestState } from './tDigest.js';
import type { Threshold } from './threshold.js';

/** State of a {@link MonitorThreshold}, plain JSON. */
export interface MonitorState {
  /** Which quantile. */
  q: number;
  /** Scores after which a score counts half; absent where nothing fades. */
  halfLife?: number;
  /** Scores added so far. */
  count: number;
  /** The sketch. */
  digest: TDigestState;
}

/** Options of {@link monitorThreshold}. */
export interface MonitorThresholdOptions {
  /** Which quantile, in (0, 1). @defaultValue 0.95 */
  q?: number;
  /** Size of the sketch, 20 to 5,000; its memory is at most 6 times as many numbers. @defaultValue 200 */
  compression?: number;
  /** Scores after which a score counts half, so that the limit follows a slow drift; without it nothing fades. */
  halfLife?: number;
  /** State to go on from, as `toJSON` returned it; the other options are then taken from it. */
  state?: MonitorState;
}

/** A running quantile of the scores of a line that never stops; made by {@link monitorThreshold}. */
export interface MonitorThreshold {
  /** Scores added so far. */
  readonly count: number;
  /** Adds a raw score. Throws RangeError if it is not a finite number. */
  add(score: number): void;
  /** The limit as of now, plain JSON. Throws RangeError before the first score. */
  threshold(): Threshold;
  /** Everything it holds, plain JSON, for `monitorThreshold({ state })`. */
  toJSON(): MonitorState;
}

/**
 * Keeps a quantile of a stream of scores in bounded memory (t-digest), with an error of the rank below about
 * `3 sqrt(q (1 - q)) / compression`: 0.3 % of the parts at the defaults, and usually a tenth of that.
 *
 * Add the scores of all parts and keep q above the share of good parts' scores you accept; adding only those that were called good would
 * cut the tail off and let the limit creep down. With defective parts among them the true false-positive rate is lower
 * than stated. With `halfLife` a slow drift is followed: a slow fault of the line too, so watch the limit itself.
 *
 * @param options - see {@link MonitorThresholdOptions}
 * @returns the monitor
 * @throws RangeError if an option is out of range
 * @example
 * ```ts
 * import { decide, monitorThreshold } from '@adlib/thresholds';
 * const monitor = monitorThreshold({ q: 0.9 });
 * for (let i = 0; i <= 1000; i++) monitor.add(i / 1000);
 * console.log(decide(monitor.threshold(), 0.95)); // defective
 * ```
 * @see Dunning and Ertl, "Computing extremely accurate quantiles using t-digests", 2019
 */
export function monitorThreshold(options: MonitorThresholdOptions = {}): MonitorThreshold {
  const { state } = options;
  assertKnownOptions('monitorThreshold', options, ['q', 'compression', 'halfLife', 'state']);
  const q = state?.q ?? options.q ?? 0.95;
  const compression = state?.digest.compression ?? options.compression ?? 200;
  const halfLife = state === undefined ? options.halfLife : state.halfLife;
  assertFinite('monitorThreshold', 'q', q);
  if (q <= 0 || q >= 1) throw new RangeError(argumentMessage('monitorThreshold', 'q', 'in (0, 1)', q));
  assertInteger('monitorThreshold', 'compression', compression, 20, 5000);
  if (halfLife !== undefined) assertFinite('monitorThreshold', 'halfLife', halfLife, 1);
  const digest = new TDigest(state?.digest ?? { compression }, halfLife === undefined ? 1 : 0.5 ** (1 / halfLife));
  return new RunningQuantile(q, halfLife, digest, state?.count ?? 0);
}

class RunningQuantile implements MonitorThreshold {
  readonly #q: number;
  readonly #halfLife: number | undefined;
  readonly #digest: TDigest;
  #count: number;

  constructor(q: number, halfLife: number | undefined, digest: TDigest, count: number) {
    this.#q = q;
    this.#halfLife = halfLife;
    this.#digest = digest;
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  add(score: number): void {
    assertFinite('monitorThreshold', `score ${this.#count}`, score);
    this.#digest.add(score);
    this.#count++;
  }

  threshold(): Threshold {
    if (this.#count === 0) {
      throw new RangeError('monitorThreshold: scores must have at least 1 score, got 0. Add scores first.');
    }
    const q = this.#q;
    const n = this.#digest.weight;
    const warnings: string[] = [];
    if (n * (1 - q) < 5) {
      const needed = Math.ceil(5 / (1 - q));
      warnings.push(`The ${q} quantile stands on ${Math.round(n)} scores; ${needed} or more are needed to trust it.`);
    }
    return buildThreshold({
      rule: 'monitorThreshold',
      value: this.#digest.quantile(q),
      expectedFalsePositiveRate: (n - (n - 1) * q) / (n + 1),
      fittedOn: onGood(this.#count),
      parameters: { q, effectiveScores: n, ...(this.#halfLife === undefined ? {} : { halfLife: this.#halfLife }) },
      warnings,
    });
  }

  toJSON(): MonitorState {
    return {
      q: this.#q,
      ...(this.#halfLife === undefined ? {} : { halfLife: this.#halfLife }),
      count: this.#count,
      digest: this.#digest.toJSON(),
    };
  }
}
